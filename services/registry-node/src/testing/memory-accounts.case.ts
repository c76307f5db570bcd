/** The rules of the accounts without their durability: charges in memory, and a life that a test may change. */
import { type AgreementLife, openAgreement } from '@revier/core';
import type { Sha256 } from '@revier/schema';
import type { Accounts, Agreements, AskedUnder, PolicyFacts, StoredAgreement } from '../policy-ports.ts';
import type { Signed } from './agreement.case.ts';

/** What the node has stored under a hash, as a test puts it there. */
export type Stored = { readonly hash: Sha256; readonly agreement: unknown } | undefined;

export interface MemoryAccounts {
  readonly accounts: Pick<Accounts, 'charge' | 'facts' | 'wasReleased'>;
  readonly agreements: Pick<Agreements, 'named' | 'list'>;
  readonly charges: { readonly submission: Sha256; readonly cells: number }[];
  life: AgreementLife;
}

export function memoryAccounts({ jws, agreement: { assigner, assignee } }: Signed, look: () => Stored): MemoryAccounts {
  const stored = (): StoredAgreement | undefined => {
    const one = look();
    return (
      one && {
        hash: one.hash,
        agreement: openAgreement(one.agreement).agreement,
        ...{ signed: jws, signedBy: [assigner, assignee], lineage: one.hash },
        ...{ author: null, approvals: [], application: null, activatedAt: 0 },
      }
    );
  };
  const facts = async ({ submission }: AskedUnder): Promise<PolicyFacts | undefined> => {
    const found = stored();
    const others = memory.charges.filter((one) => one.submission !== submission);
    const cells = others.reduce((sum, one) => sum + one.cells, 0);
    return (
      found && {
        stored: found,
        life: memory.life,
        cause: null,
        spent: { cells, questions: others.length, within: {}, firstRelease: null },
        charged: memory.charges.find((one) => one.submission === submission)?.cells ?? null,
        duties: [],
      }
    );
  };
  const memory: MemoryAccounts = {
    charges: [],
    life: { status: 'ACTIVE', seq: 1, tightened: false },
    accounts: {
      facts,
      wasReleased: async () => false,
      async charge(asked, decide) {
        const policy = await facts(asked);
        const charge = await decide(policy, async () => false);
        if (charge !== null && policy?.charged === null)
          memory.charges.push({ submission: asked.submission, cells: charge.cells });
      },
    },
    agreements: {
      async named(hashes) {
        const found = stored();
        return found !== undefined && hashes.includes(found.hash) ? [found] : [];
      },
      async list() {
        const found = stored();
        return found === undefined ? [] : [{ stored: found, life: memory.life, cause: null }];
      },
    },
  };
  return memory;
}
