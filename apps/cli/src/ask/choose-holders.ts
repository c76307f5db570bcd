/** Who is asked, and under which agreement of theirs. */
import type { VerifiedAgreement } from '@revier/connector-sdk';
import { canonicalQuestion, type Plan, planQuestion, type Vocabulary } from '@revier/core';
import { AppError, type ParticipantId, type Question, type Sha256 } from '@revier/schema';

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
  if (agreed.length === 0) throw AppError.at('AGREEMENT_MISSING', '/register', 'No holder has an agreement for it.');
  const asking = (asked: ParticipantId[]) => canonicalQuestion({ ...wish, holders: { ...wish.holders, asked } });
  const { tasks } = planQuestion(asking(agreed), vocabulary);
  const lacking = tasks.filter(({ dataset }) => agreementOver(dataset.id, agreements) === undefined);
  const asked = tasks.map(({ holder }) => holder).filter((holder) => !lacking.some((task) => task.holder === holder));
  if (asked.length === 0)
    throw AppError.at('AGREEMENT_MISSING', '/register', 'No agreement covers the data that the question needs.');
  return asking(asked);
}

/** The agreement over the very dataset that is asked; a holder without a task is named all the same. */
export function agreementsOf(
  { question, tasks }: Plan,
  agreements: readonly VerifiedAgreement[],
): Record<ParticipantId, Sha256> {
  return Object.fromEntries(
    (question.holders.asked ?? []).map((holder) => {
      const task = tasks.find((planned) => planned.holder === holder);
      const found =
        task === undefined
          ? agreements.find(({ agreement }) => agreement.assigner === holder)
          : agreementOver(task.dataset.id, agreements);
      if (found === undefined)
        throw AppError.at('AGREEMENT_MISSING', '/holders/asked', `${holder} has no agreement for this question.`);
      return [holder, found.hash];
    }),
  );
}

const agreementOver = (dataset: string, agreements: readonly VerifiedAgreement[]): VerifiedAgreement | undefined =>
  agreements.find(({ agreement }) => agreement.target === dataset);
