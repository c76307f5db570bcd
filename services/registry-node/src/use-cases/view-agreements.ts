/** Agreements at work as their holder sees them: how each stands, what is left, what is owed and since when. */
import { dueAt } from '@revier/core';
import { type AgreementView, AppError, type Duty, type LongAgreementView, type Sha256 } from '@revier/schema';
import type { Accounts, AgreementStanding, Agreements, DutyStanding, Spent } from '../policy-ports.ts';
import type { Self } from '../ports.ts';
import { EVERYTHING } from '../restore-ports.ts';
import { dutiesIn, endOf, limitOf, windowsOf } from '../rooms/agreement-terms.ts';

export interface ViewDeps {
  readonly self: Self;
  readonly agreements: Pick<Agreements, 'list' | 'standing' | 'statuses'>;
  readonly accounts: Pick<Accounts, 'spentUnder' | 'duties'>;
}

export async function viewAgreements(deps: ViewDeps): Promise<AgreementView[]> {
  const views: AgreementView[] = [];
  for (const standing of await deps.agreements.list()) views.push(await viewOf(standing, deps));
  return views;
}

/** @throws AppError NOT_FOUND */
export async function viewAgreement(hash: Sha256, deps: ViewDeps): Promise<LongAgreementView> {
  const standing = await deps.agreements.standing(hash);
  if (standing === undefined) throw new AppError('NOT_FOUND', { detail: 'No such agreement was concluded here.' });
  const { agreement, signed, approvals } = standing.stored;
  return {
    ...(await viewOf(standing, deps)),
    ...{ agreement, signed },
    statements: (await deps.agreements.statuses(hash)).map(({ jws }) => jws),
    approvals: approvals.map(({ role, at }) => ({ role, at: zoned(at) })),
  };
}

async function viewOf({ stored, life }: AgreementStanding, { self, accounts }: ViewDeps): Promise<AgreementView> {
  const { hash, agreement, lineage, activatedAt } = stored;
  const now = self.now();
  const spent = await accounts.spentUnder(stored, now);
  const known = await accounts.duties(lineage);
  const ends = endOf(agreement);
  return {
    ...{ hash, lineage, status: life.status, seq: life.seq },
    register: agreement['rv:register'],
    dataset: agreement.target,
    dataUser: agreement.assignee,
    version: agreement['rv:version'],
    since: zoned(activatedAt),
    ends: ends === null ? null : zoned(ends),
    cells: accountOf(limitOf(agreement, 'rv:budgetCells'), spent.cells),
    questions: [
      { per: null, ...accountOf(limitOf(agreement, 'odrl:count'), spent.questions) },
      ...windowsOf(agreement).map((per) => ({
        per,
        ...accountOf(limitOf(agreement, 'odrl:count', per), spent.within[per] ?? 0),
      })),
    ],
    duties: dutiesIn(agreement).map((duty) => dutyView(duty, known, spent, now)),
  };
}

/** After a restore that could not be made good everything counts as spent; without a limit, no more than is known. */
const accountOf = (limit: number | null, spent: number): AgreementView['cells'] => ({
  limit,
  spent: spent < EVERYTHING ? spent : (limit ?? spent % EVERYTHING),
});

/** Owed once something has left; whatever was revoked is due at once. */
export function dutyView(
  duty: Duty,
  known: readonly DutyStanding[],
  { firstRelease }: Pick<Spent, 'firstRelease'>,
  now: number,
): AgreementView['duties'][number] {
  const own = known.find((one) => one.duty === duty['@id']);
  const due = own?.dueSince ?? dueAt(duty, firstRelease);
  const isOwed = firstRelease !== null || own?.dueSince !== undefined;
  const open = due !== null && now >= due ? 'overdue' : isOwed ? 'owed' : 'waiting';
  return {
    ...{ duty: duty['@id'], action: duty.action },
    state: own !== undefined && own.doneAt !== null ? 'done' : open,
    due: due === null ? null : zoned(due),
  };
}

const zoned = (at: number): string => new Date(at).toISOString();
