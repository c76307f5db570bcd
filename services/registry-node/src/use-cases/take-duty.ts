/** What a data user says of its duties, and that it needs a register no longer: verified letters, entered once. */
import type { VerifiedLetter } from '@revier/connector-sdk';
import { AppError, type Closure, type CompactJws, type DutyReport, type ParticipantId } from '@revier/schema';
import type { Logger } from '@revier/service-kit';
import type { Accounts } from '../policy-ports.ts';
import { dutiesIn } from '../rooms/agreement-terms.ts';
import { type StatingDeps, stateStatus } from './state-status.ts';

/** Its clock may be ahead of ours by so much. */
const SKEW_MS = 120_000;

/**
 * The same report again is harmless: the first one stays.
 * @param from who has signed it
 * @throws AppError NOT_FOUND, FORBIDDEN (another data user's agreement), WRONG_REALM, INVALID_REQUEST
 */
export async function takeDutyReport(
  { report, signed }: { readonly report: DutyReport; readonly signed: CompactJws },
  from: ParticipantId,
  deps: DutyDeps,
): Promise<void> {
  const { self, agreements, accounts } = deps;
  const stored = await agreements.find(report.agreement);
  if (stored === undefined) throw new AppError('NOT_FOUND', { detail: 'No such agreement was concluded here.' });
  if (report.realm !== self.realm) throw AppError.at('WRONG_REALM', '/realm', 'Test and production never mix.');
  if (report.by !== from || stored.agreement.assignee !== from)
    throw new AppError('FORBIDDEN', { detail: 'Only the data user of an agreement reports its duties.' });
  if (!dutiesIn(stored.agreement).some((duty) => duty['@id'] === report.duty))
    throw AppError.at('INVALID_REQUEST', '/duty', 'The agreement has no such duty.');
  if (Date.parse(report.doneAt) > self.now() + SKEW_MS)
    throw AppError.at('INVALID_REQUEST', '/doneAt', 'What is done was done before now.');
  const { agreement, duty, evidence, doneAt } = report;
  const facts = { agreement, lineage: stored.lineage, duty, evidence, doneAt };
  await accounts.done(stored.lineage, report, signed, { decision: 'duty-done', codes: [], facts, person: null });
}

/** Every agreement of the register with this data user is completed; returns how many. @throws AppError FORBIDDEN, WRONG_REALM */
export async function takeClosure(closure: Closure, from: ParticipantId, deps: StatingDeps): Promise<number> {
  const { register, dataUser, realm, reason } = closure;
  if (realm !== deps.self.realm) throw AppError.at('WRONG_REALM', '/realm', 'Test and production never mix.');
  if (dataUser !== from) throw new AppError('FORBIDDEN', { detail: 'Only its data user closes a register.' });
  const own = (await deps.agreements.list()).filter(
    ({ stored: { agreement }, life }) =>
      agreement['rv:register'] === register &&
      agreement.assignee === from &&
      (life.status === 'ACTIVE' || life.status === 'SUSPENDED'),
  );
  for (const { stored } of own) await stateStatus(stored.hash, 'COMPLETED', { reason }, deps);
  return own.length;
}

export type DutyDeps = StatingDeps & { readonly accounts: Pick<Accounts, 'done'> };

/** Letters of a data user that are no negotiation; what a holder would send is left alone. */
export async function takeWord(
  letter: Exclude<VerifiedLetter, { kind: 'revier-negotiation+jws' }>,
  signed: CompactJws,
  { logger, ...deps }: DutyDeps & { readonly logger: Logger },
): Promise<void> {
  if (letter.kind === 'revier-duty+jws') await takeDutyReport({ report: letter.report, signed }, letter.from, deps);
  else if (letter.kind === 'revier-closure+jws') await takeClosure(letter.closure, letter.from, deps);
  else logger.warn({ kind: letter.kind, from: letter.from }, 'a letter of this kind is not taken here');
}
