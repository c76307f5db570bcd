/** What an agreement ends by itself: an amendment that takes something away, and the end of its time, cancel what is under way at once. */
import { statusFaults } from '@revier/core';
import type { Sha256 } from '@revier/schema';
import type { Logger } from '@revier/service-kit';
import type { Accounts, Agreements, Changes } from '../policy-ports.ts';
import { type LedgerDeps, refuseDropped } from '../rooms/ledger.ts';
import { Refusal } from '../rooms/refusal.ts';
import type { UnderWay } from '../rooms/under-way.ts';

export interface EndingDeps extends LedgerDeps {
  readonly agreements: Pick<Agreements, 'standing'>;
  readonly accounts: Pick<Accounts, 'dropReleases'>;
  readonly underWay: UnderWay;
}

/** A person's word is enforced where it is given, and a stop by the stop. Returns how to leave off. */
export function endWithAgreements(deps: EndingDeps & { readonly changes: Pick<Changes, 'on'> }, logger: Logger) {
  return deps.changes.on((agreement) => {
    endUnderWay(agreement, deps).catch((error: unknown) =>
      logger.error({ err: error, agreement }, 'what was under way could not be ended'),
    );
  });
}

/** What is under way under the next version goes on. */
async function endUnderWay(agreement: Sha256, deps: EndingDeps): Promise<void> {
  const life = (await deps.agreements.standing(agreement))?.life;
  if (life?.status !== 'SUPERSEDED' && life?.status !== 'EXPIRED') return;
  const reasons = statusFaults(life.status, life.tightened, true);
  if (reasons.length === 0) return;
  deps.underWay.end(agreement, new Refusal(reasons));
  await refuseDropped(await deps.accounts.dropReleases(agreement, 'of-version'), reasons, deps);
}
