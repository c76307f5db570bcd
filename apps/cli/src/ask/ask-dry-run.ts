/** A dry run: asked like a query, and every word of it held against the signed receipt that it comes from. */
import { resolver, type SubmittedDryRun, verifyCompact } from '@revier/connector-sdk';
import { canonicalText } from '@revier/core';
import { AppError, type DryRunResult, type HolderAssessment, type QuestionInput, Receipt } from '@revier/schema';
import type { Profile } from '../profile/profile.ts';
import { type EnterOptions, enter, reached, type Session } from './enter.ts';
import { type SignedQuestion, type SignOptions, signQuestion } from './sign.ts';

/** Seconds of each request. */
const WATCH = 2;
/** Seconds that the broker may need after the deadline. */
const CLOSING = 15;

export interface AskedDryRun {
  readonly result: DryRunResult;
  /** Plain English sentences; empty when every part is as its holder has signed it. */
  readonly faults: readonly string[];
}

/** Asks who would answer, and how. @throws AppError (NOT_ANSWERED_YET and what `enter` and `signQuestion` throw), ProblemError */
export async function dryRun(
  profile: Profile,
  question: QuestionInput,
  options: Omit<SignOptions, 'dryRun'> & EnterOptions = {},
): Promise<AskedDryRun> {
  const session = await enter(profile, options);
  return askDryRun(session, await signQuestion(session, question, { ...options, dryRun: true }));
}

/** @throws AppError NOT_ANSWERED_YET; ProblemError */
export async function askDryRun(session: Session, query: SignedQuestion, waitSeconds?: number): Promise<AskedDryRun> {
  const patience = waitSeconds ?? query.envelope.exp - query.envelope.iat + CLOSING;
  const until = session.clock().getTime() + patience * 1000;
  for (;;) {
    const submitted = await submit(session, query);
    if (submitted.kind === 'result')
      return { result: submitted.result, faults: await dryRunFaults(submitted.result, session, query) };
    const { queryId, state } = submitted.state;
    if (session.clock().getTime() >= until || state === 'cancelled')
      throw new AppError('NOT_ANSWERED_YET', { detail: `Dry run ${queryId} is ${state}.` });
  }
}

const submit = ({ profile, client }: Session, { signed, ticket }: SignedQuestion): Promise<SubmittedDryRun> =>
  reached(profile, () => client.submitDryRun(signed, { waitSeconds: WATCH, idempotencyKey: ticket }));

type Checking = Pick<SignedQuestion, 'submissionId' | 'plan' | 'agreed'>;

export async function dryRunFaults(
  result: DryRunResult,
  { trust }: Pick<Session, 'trust'>,
  query: Checking,
): Promise<string[]> {
  const planned = new Set(query.plan.tasks.map(({ dataset }) => dataset.id));
  const told = result.holders.map(({ dataset }) => dataset);
  const faults: [boolean, string][] = [
    [result.submissionId !== query.submissionId, 'The result is of another submission.'],
    [
      told.length !== planned.size || told.some((dataset) => !planned.has(dataset)),
      'The result does not account for every dataset that was asked, once.',
    ],
  ];
  const frame = faults.filter(([wrong]) => wrong).map(([, sentence]) => sentence);
  const parts = await Promise.all(result.holders.map((part) => partFaults(part, trust, query)));
  return [...frame, ...parts.flat()];
}

async function partFaults(part: HolderAssessment, trust: Session['trust'], query: Checking): Promise<string[]> {
  const who = `${part.holder} (${part.dataset})`;
  if (part.status === 'offline') return [];
  if (part.receipt === undefined) return [`There is no signed receipt of ${who}.`];
  try {
    const resolve = resolver(trust, { participant: part.holder, role: 'data-holder' });
    const receipt = await verifyCompact(part.receipt, 'revier-receipt+jws', Receipt, resolve);
    return differences(part, receipt, query).map((what) => `The receipt of ${who} ${what}.`);
  } catch (error) {
    if (error instanceof AppError) return [`The receipt of ${who} is not signed by it: ${error.message}`];
    throw error;
  }
}

function differences(part: HolderAssessment, receipt: Receipt, { submissionId, plan, agreed }: Checking): string[] {
  const task = plan.tasks.find(({ dataset }) => dataset.id === part.dataset);
  const said = receipt.decision === 'assessed' ? receipt.assessment : undefined;
  const reasons = receipt.decision === 'refused' ? receipt.reasons : [];
  const faults: [boolean, string][] = [
    [receipt.iss !== part.holder || task?.holder !== part.holder, 'is of another holder'],
    [receipt.submissionId !== submissionId, 'belongs to another submission'],
    [receipt.decision !== part.status, 'says something else'],
    [canonicalText(said ?? null) !== canonicalText(part.assessment ?? null), 'gives another assessment'],
    [canonicalText(reasons) !== canonicalText(part.reasons), 'gives other reasons'],
    [said !== undefined && said.table !== task?.tableHash, 'is about another table'],
    [
      said !== undefined && said.agreement !== null && said.agreement !== agreed.get(part.dataset),
      'is about another agreement',
    ],
  ];
  return faults.filter(([wrong]) => wrong).map(([, what]) => what);
}
