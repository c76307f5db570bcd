/** The check at approval for one draft: its tables beside those that count on the dataset already. */
import { checkAgreementLattice, contentHash, type LatticeOpinion } from '@revier/core';
import { type Agreement, AppError, type ProblemError } from '@revier/schema';
import { grantedOn } from '../rooms/granted-tables.ts';
import type { Negotiation } from './ports.ts';
import { contextOf } from './requests-for.ts';
import type { InboxDeps } from './room.ts';

/** @throws AppError POLICY_INVALID for a table that the catalogue does not know; what opening the catalogue throws */
export async function latticeOf(
  negotiation: Pick<Negotiation, 'application'>,
  agreement: Agreement,
  deps: InboxDeps,
  signal: AbortSignal,
): Promise<LatticeOpinion> {
  const { vocabulary, held } = await contextOf(negotiation, agreement, deps, signal);
  const live = await grantedOn(agreement, deps);
  const { floor } = deps.self;
  try {
    const { description: dataset } = held;
    return checkAgreementLattice({ asked: agreement['rv:lattice'], live, vocabulary, dataset, floor });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw AppError.at('POLICY_INVALID', '/rv:lattice', `A table cannot be checked: ${error.message}`.slice(0, 300));
  }
}

/** The same, as a condition of whatever follows. @throws AppError POLICY_INVALID at /rv:lattice, with the nearest safe lattice */
export async function assertSafeLattice(
  negotiation: Pick<Negotiation, 'application'>,
  agreement: Agreement,
  deps: InboxDeps,
  signal: AbortSignal,
): Promise<void> {
  if (isAdvice(deps)) return;
  const opinion = await latticeOf(negotiation, agreement, deps, signal);
  if (opinion.verdict === 'safe' || opinion.verdict === 'open') return;
  throw new AppError('POLICY_INVALID', {
    detail: 'The tables cannot be granted together.',
    errors: [...opinion.words.map(({ en }) => fault('/rv:lattice', en)), ...leftOut(opinion, agreement)].slice(0, 20),
  });
}

export const isAdvice = ({ settings, self }: Pick<InboxDeps, 'settings' | 'self'>): boolean =>
  settings.latticeIsAdvice && self.realm === 'test';

const leftOut = ({ leaveOut }: LatticeOpinion, agreement: Agreement): ProblemError[] =>
  agreement['rv:lattice'].flatMap((table, at) =>
    leaveOut?.includes(contentHash(table)) === true
      ? [fault(`/rv:lattice/${at}`, `Leave out this table: ${contentHash(table)}`)]
      : [],
  );

const fault = (pointer: string, detail: string): ProblemError => ({ pointer, detail: detail.slice(0, 500) });
