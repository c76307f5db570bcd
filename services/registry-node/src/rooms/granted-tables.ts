/** Tables that count beside a new agreement: of all that are in force on the dataset, and of those that are over what was answered. */
import { type AgreementLife, contentHash, isLive } from '@revier/core';
import type { Agreement, Sha256, Table } from '@revier/schema';
import type { History } from '../ports.ts';

export interface GrantedDeps {
  readonly agreements: {
    list(): Promise<
      readonly {
        readonly stored: { readonly hash: Sha256; readonly agreement: Agreement };
        readonly life: AgreementLife;
      }[]
    >;
  };
  readonly history: Pick<History, 'answered'>;
}

/** Whoever has them. The version that this one replaces is one of them; figures that have left stay known when an agreement ends. */
export async function grantedOn(agreement: Agreement, deps: GrantedDeps): Promise<readonly Table[]> {
  const own: Sha256 = contentHash(agreement);
  const answered = await deps.history.answered(agreement.target);
  return (await deps.agreements.list())
    .filter(({ stored }) => stored.agreement.target === agreement.target && stored.hash !== own)
    .flatMap(({ stored, life }) => {
      const tables = stored.agreement['rv:lattice'];
      return isLive(life) ? tables : tables.filter((table) => answered.has(contentHash(table)));
    });
}
