/** The second look: whether an answer is to the question asked, and each part of it signed by the holder that it names. */
import type { Trust } from '@revier/connector-sdk';
import { canonicalText } from '@revier/core';
import { type Answer, type AnswerProof, type HolderAnswer, Receipt, ReleaseHeader } from '@revier/schema';
import { type KnownQuestion, mergeFaults } from './check-merge.ts';
import { resultFaults } from './check-result.ts';
import { withheldFaults } from './check-withheld.ts';
import type { SignedQuestion } from './sign.ts';
import { signedBy } from './signed-by.ts';

/** What was signed; absent when an answer is fetched later, and then only the holders' signatures are checked. */
export type Expected = Pick<SignedQuestion, 'submissionId' | 'plan' | 'agreed'>;

export interface Checking {
  readonly trust: Trust;
  /** Id of the broker that was asked. */
  readonly broker: string;
  /** Undefined when what the answer says of its question cannot be planned. */
  readonly known: KnownQuestion | undefined;
  readonly expected?: Expected | undefined;
}

/** Plain English sentences, one for each fault; empty when all is well. */
export async function answerFaults(proof: AnswerProof, checking: Checking): Promise<string[]> {
  const { answer } = proof;
  const { trust, broker, known, expected } = checking;
  const [result, ...parts] = await Promise.all([
    resultFaults(proof, trust, broker),
    ...answer.holders.map((part) => checkPart(answer, part, trust, expected)),
  ]);
  const headers = new Map(parts.flatMap(({ header }) => (header ? [[header.dataset, header] as const] : [])));
  const faults = [...frameFaults(answer, trust, expected), ...result, ...parts.flatMap((part) => part.faults)];
  // A part that is not what it says has no figures to be merged.
  if (faults.length > 0) return faults;
  return known === undefined ? ['The merge cannot be checked.'] : mergeFaults(proof, headers, known);
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
    [hasTwice(answer.holders.map(({ dataset }) => dataset)), 'The answer counts a dataset twice.'],
    [hasTwice(answer.holders.flatMap(({ receipt }) => receipt ?? [])), 'The answer counts a refusal twice.'],
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

const hasTwice = (items: readonly string[]): boolean => new Set(items).size < items.length;

interface CheckedPart {
  readonly faults: readonly string[];
  /** Signed by the holder that the part names. */
  readonly header?: ReleaseHeader;
}

async function checkPart(
  answer: Answer,
  part: HolderAnswer,
  trust: Trust,
  expected: Expected | undefined,
): Promise<CheckedPart> {
  const who = `${part.holder} (${part.dataset})`;
  if (part.status === 'refused')
    return {
      faults: await (part.statement === undefined
        ? refusalFaults(answer, part, trust)
        : withheldFaults(answer, part, part.statement, { trust, expected })),
    };
  if (part.status !== 'answered') return { faults: [] };
  if (part.release === undefined)
    return { faults: [`${who} is said to have answered, but there is no signed release of it.`] };
  const header = await signedBy(part, trust, part.release, 'revier-release+jws', ReleaseHeader);
  if (typeof header === 'string') return { faults: [`The release of ${who} is not signed by it: ${header}`] };
  return {
    faults: differences(answer, part, header, expected).map((what) => `The release of ${who} ${what}.`),
    header,
  };
}

/** A broker that drops an answer can say that nothing came; it cannot say that the holder has refused. */
async function refusalFaults(answer: Answer, part: HolderAnswer, trust: Trust): Promise<string[]> {
  const who = `${part.holder} (${part.dataset})`;
  if (part.receipt === undefined) return [`${who} is said to have refused, but there is no signed receipt of it.`];
  const receipt = await signedBy(part, trust, part.receipt, 'revier-receipt+jws', Receipt);
  if (typeof receipt === 'string') return [`The refusal of ${who} is not signed by it: ${receipt}`];
  const faults: [boolean, string][] = [
    [receipt.iss !== part.holder, 'names another holder'],
    [receipt.submissionId !== answer.submissionId, 'belongs to another submission'],
    [receipt.realm !== answer.realm, 'comes from another realm'],
    [receipt.decision !== 'refused', 'says that it has accepted'],
    [
      receipt.decision === 'refused' && canonicalText(receipt.reasons) !== canonicalText(part.reasons),
      'gives other reasons',
    ],
  ];
  return faults.filter(([wrong]) => wrong).map(([, what]) => `The refusal of ${who} ${what}.`);
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
    [
      canonicalText(header.perturbation ?? null) !== canonicalText(part.perturbation ?? null),
      'carries other noise than is said',
    ],
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
