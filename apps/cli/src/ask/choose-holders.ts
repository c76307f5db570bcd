/** Who is asked, and under which agreement of theirs. */
import type { VerifiedAgreement } from '@revier/connector-sdk';
import { canonicalQuestion, type Plan, type PlanTask, planQuestion, type Vocabulary } from '@revier/core';
import {
  AppError,
  type DatasetId,
  type ParticipantId,
  type Question,
  type RegisterView,
  type Sha256,
} from '@revier/schema';

/**
 * Where the last agreements of a register have ended, the negotiations that the broker lists still say that there were some.
 * @param agreements of the organisation that asks
 * @throws AppError AGREEMENT_MISSING
 */
export function assertAgreed(register: RegisterView, agreements: readonly VerifiedAgreement[]): void {
  if (agreements.length > 0) return;
  const { negotiations = [], agreements: listed } = register;
  const concluded = negotiations.flatMap(({ state, since }) => (state === 'FINALIZED' ? [since] : [])).sort();
  const last = listed.length === 0 ? concluded.at(-1) : undefined;
  const detail =
    last === undefined
      ? 'No holder has an agreement for it.'
      : `No holder has an agreement for it any more. The last one was concluded on ${last.slice(0, 10)}: the register was closed since, or what was agreed was revoked or is over.`;
  throw AppError.at('AGREEMENT_MISSING', '/register', detail);
}

/**
 * Nobody named means every holder that has data for the question under an agreement. Others are not asked, since their
 * silence would make the answer partial.
 * @param agreements newest first
 * @throws AppError AGREEMENT_MISSING, what planning throws
 */
export function withHolders(
  wish: Question,
  vocabulary: Vocabulary,
  agreements: readonly VerifiedAgreement[],
): Question {
  if (wish.holders.asked !== undefined) return wish;
  const agreed = [...new Set(agreements.map(({ agreement }) => agreement.assigner))];
  const asking = (asked: ParticipantId[]) => canonicalQuestion({ ...wish, holders: { ...wish.holders, asked } });
  const { tasks } = planQuestion(asking(agreed), vocabulary);
  const lacking = tasks.filter((task) => agreementOver(task, agreements) === undefined);
  const asked = tasks.map(({ holder }) => holder).filter((holder) => !lacking.some((task) => task.holder === holder));
  if (asked.length === 0)
    throw AppError.at('AGREEMENT_MISSING', '/register', 'No agreement covers the data that the question needs.');
  return asking(asked);
}

/**
 * By dataset: the hash of the agreement over it.
 * @throws AppError AGREEMENT_MISSING, also for a holder who was named although nothing is asked of it
 */
export function agreedFor(
  { question, tasks }: Plan,
  agreements: readonly VerifiedAgreement[],
): ReadonlyMap<DatasetId, Sha256> {
  for (const holder of question.holders.asked ?? [])
    if (!agreements.some(({ agreement }) => agreement.assigner === holder)) throw missing(holder);
  return new Map(
    tasks.map((task) => {
      const found = agreementOver(task, agreements);
      if (found === undefined) throw missing(task.holder);
      return [task.dataset.id, found.hash];
    }),
  );
}

const missing = (holder: ParticipantId): AppError =>
  AppError.at('AGREEMENT_MISSING', '/holders/asked', `${holder} has no agreement for this question.`);

const agreementOver = (
  { holder, dataset }: PlanTask,
  agreements: readonly VerifiedAgreement[],
): VerifiedAgreement | undefined =>
  agreements.find(({ agreement }) => agreement.target === dataset.id && agreement.assigner === holder);
