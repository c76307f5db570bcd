/** The second look: whether an answer is to the question asked, and each part of it signed by the holder that it names. */
import { resolver, type Trust, verifyCompact } from '@revier/connector-sdk';
import { canonicalText } from '@revier/core';
import { type Answer, AppError, type HolderAnswer, ReleaseHeader } from '@revier/schema';
import type { SignedQuestion } from './sign.ts';

/** What was signed; absent when an answer is fetched later, and then only the holders' signatures are checked. */
export type Expected = Pick<SignedQuestion, 'submissionId' | 'plan' | 'agreed'>;

/** Plain English sentences, one for each fault; empty when all is well. */
export async function answerFaults(answer: Answer, trust: Trust, expected?: Expected): Promise<string[]> {
  const parts = await Promise.all(answer.holders.map((part) => partFaults(answer, part, trust, expected)));
  return [...frameFaults(answer, trust, expected), ...parts.flat()];
}

function frameFaults(answer: Answer, trust: Trust, expected: Expected | undefined): string[] {
  const answered = answer.holders.filter(({ status }) => status === 'answered').length;
  const faults: [boolean, string][] = [
    [answer.realm !== trust.list.realm, 'The answer comes from another realm.'],
    [
      answer.state === 'complete' && answered < answer.holders.length,
      'The answer is called complete, but parts are missing.',
    ],
    [answer.cells.length > 0 && answered === 0, 'The answer has figures, but no holder has answered.'],
    [expected !== undefined && answer.submissionId !== expected.submissionId, 'The answer is to another submission.'],
    [
      expected !== undefined && answer.questionHash !== expected.plan.questionHash,
      'The answer is to another question.',
    ],
    [
      new Set(answer.holders.map(({ dataset }) => dataset)).size < answer.holders.length,
      'The answer counts a dataset twice.',
    ],
    [expected !== undefined && answer.catalogue !== expected.plan.catalogue, 'The answer stands on another catalogue.'],
    [
      expected !== undefined && canonicalText(answer.question) !== canonicalText(expected.plan.question),
      'The question that the answer repeats is not the one that was signed.',
    ],
    [
      expected?.plan.tasks.some(({ dataset }) => !answer.holders.some((part) => part.dataset === dataset.id)) === true,
      'The answer does not account for every dataset that was asked.',
    ],
  ];
  return faults.filter(([wrong]) => wrong).map(([, sentence]) => sentence);
}

async function partFaults(
  answer: Answer,
  part: HolderAnswer,
  trust: Trust,
  expected: Expected | undefined,
): Promise<string[]> {
  if (part.status !== 'answered') return [];
  const who = `${part.holder} (${part.dataset})`;
  if (part.release === undefined) return [`${who} is said to have answered, but there is no signed release of it.`];
  const header = await headerOf(part.release, part, trust);
  if (typeof header === 'string') return [`The release of ${who} is not signed by it: ${header}`];
  return differences(answer, part, header, expected).map((what) => `The release of ${who} ${what}.`);
}

async function headerOf(release: string, { holder }: HolderAnswer, trust: Trust): Promise<ReleaseHeader | string> {
  try {
    return await verifyCompact(
      release,
      'revier-release+jws',
      ReleaseHeader,
      resolver(trust, { participant: holder, role: 'data-holder' }),
    );
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

function differences(
  answer: Answer,
  part: HolderAnswer,
  header: ReleaseHeader,
  expected: Expected | undefined,
): string[] {
  const task = expected?.plan.tasks.find(({ dataset }) => dataset.id === part.dataset);
  const faults: [boolean, string][] = [
    [header.iss !== part.holder, 'names another holder'],
    [header.dataset !== part.dataset, 'is of another dataset'],
    [task !== undefined && task.holder !== part.holder, 'is of a dataset that this holder does not keep'],
    [header.submissionId !== answer.submissionId, 'belongs to another submission'],
    [header.questionHash !== answer.questionHash, 'answers another question'],
    [header.realm !== answer.realm, 'comes from another realm'],
    [header.synthetic && !answer.synthetic, 'is of invented data, and the answer does not say so'],
    [header.mode !== part.mode, 'was made in another disclosure mode'],
    [header.minCellSize !== part.minCellSize, 'has another least number of persons'],
    [header.asOf !== part.asOf, 'has another date'],
    [expected !== undefined && task === undefined, 'was not asked for'],
    [task !== undefined && header.table !== task.tableHash, 'is of another table than was asked for'],
    [
      expected !== undefined && header.agreement !== expected.agreed.get(part.dataset),
      'was made under another agreement',
    ],
  ];
  return faults.filter(([wrong]) => wrong).map(([, what]) => what);
}
