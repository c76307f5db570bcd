/** Asking: sign, submit, wait, fetch, and look at the answer before anybody relies on it. */
import { loadVocabulary, ProblemError, type SubmittedForProof } from '@revier/connector-sdk';
import { planQuestion } from '@revier/core';
import {
  type Answer,
  type AnswerProof,
  AppError,
  type QueryState,
  type QuestionInput,
  type SignedQuery,
} from '@revier/schema';
import type { Profile } from '../profile/profile.ts';
import { answerFaults } from './check-answer.ts';
import type { KnownQuestion } from './check-merge.ts';
import { type EnterOptions, enter, reached, type Session } from './enter.ts';
import { type SignedQuestion, type SignOptions, signQuestion } from './sign.ts';

export interface AskOptions extends SignOptions, EnterOptions {
  /** Seconds to wait for the answer at most; until a little after the deadline when left out. */
  readonly waitSeconds?: number | undefined;
  readonly onProgress?: (state: QueryState) => void;
  /** Called for each fault of an answer that does not verify; by default it goes to stderr, since silence would mean trust. */
  readonly onWarning?: (fault: string) => void;
}

/** Seconds of the first request: what is quick comes back at once, what is not is watched. */
const FIRST_WAIT = 2;
/** Seconds of each further one. */
const WATCH = 2;
/** Seconds that the broker may need after the deadline to close an answer. */
const CLOSING = 15;

/** @throws AppError (NOT_ANSWERED_YET and what `enter` and `signQuestion` throw), ProblemError */
export async function ask(profile: Profile, question: QuestionInput, options: AskOptions = {}): Promise<Answer> {
  const session = await enter(profile, options);
  return submitAndWait(session, await signQuestion(session, question, options), options);
}

/** The signed query alone, ready to be posted by anything that speaks HTTP. */
export async function sign(
  profile: Profile,
  question: QuestionInput,
  options: SignOptions & EnterOptions = {},
): Promise<SignedQuery> {
  const session = await enter(profile, options);
  return (await signQuestion(session, question, options)).signed;
}

export async function submitAndWait(session: Session, query: SignedQuestion, options: AskOptions): Promise<Answer> {
  const patience = options.waitSeconds ?? query.envelope.exp - query.envelope.iat + CLOSING;
  const until = session.clock().getTime() + patience * 1000;
  const submitted = await submit(session, query, {
    waitSeconds: Math.min(FIRST_WAIT, patience),
    signal: options.signal,
  });
  const proof =
    submitted.kind === 'proof'
      ? submitted.proof
      : await awaited(session, query, submitted.state, { ...options, until });
  await warn(session, options, proof, query);
  return proof.answer;
}

/** The same bytes under the same ticket are the same query again: so waiting needs no log-in, and a repetition does no harm. */
export const submit = (
  { profile, client }: Session,
  { signed, ticket }: SignedQuestion,
  { waitSeconds, signal }: { readonly waitSeconds: number; readonly signal?: AbortSignal | undefined },
): Promise<SubmittedForProof> =>
  reached(profile, () =>
    client.submitForProof(signed, {
      waitSeconds,
      idempotencyKey: ticket,
      ...(signal === undefined ? {} : { signal }),
    }),
  );

/** An answer that was asked for earlier. @throws ProblemError NOT_FOUND */
export async function fetchAnswer(session: Session, queryId: string, options: AskOptions): Promise<Answer> {
  const proof = await reached(session.profile, () => session.client.proof(queryId, options.signal));
  if (proof.answer.queryId !== queryId) (options.onWarning ?? toStderr)('The answer is to another query.');
  await warn(session, options, proof);
  return proof.answer;
}

async function awaited(
  session: Session,
  query: SignedQuestion,
  first: QueryState,
  { onProgress, until, signal }: AskOptions & { until: number },
): Promise<AnswerProof> {
  let state = first;
  onProgress?.(state);
  while (state.state !== 'cancelled') {
    const left = (until - session.clock().getTime()) / 1000;
    if (left <= 0) throw new AppError('NOT_ANSWERED_YET', { detail: `Query ${state.queryId} is ${state.state}.` });
    const waitSeconds = Math.max(1, Math.min(WATCH, Math.floor(left)));
    const again = await submit(session, query, { waitSeconds, signal });
    if (again.kind === 'proof') return again.proof;
    state = again.state;
    onProgress?.(state);
  }
  throw new AppError('NOT_FOUND', { detail: `Query ${state.queryId} was cancelled.` });
}

async function warn(
  session: Session,
  { onWarning, signal }: AskOptions,
  proof: AnswerProof,
  query?: SignedQuestion,
): Promise<void> {
  const { trust, profile } = session;
  const known = query ?? (await questionOf(session, proof.answer, signal));
  const faults = await answerFaults(proof, { trust, broker: profile.brokerId, known, expected: query });
  for (const fault of faults) (onWarning ?? toStderr)(fault);
}

/** What the answer says that was asked, planned again over the catalogue that it names; undefined when that leads nowhere. */
async function questionOf(
  { profile, client, trust, clock }: Session,
  { catalogue: hash, question }: Answer,
  signal: AbortSignal | undefined,
): Promise<KnownQuestion | undefined> {
  try {
    const vocabulary = await reached(profile, () =>
      loadVocabulary(client, { trust, hash, now: clock(), ...(signal === undefined ? {} : { signal }) }),
    );
    return { plan: planQuestion(question, vocabulary), vocabulary };
  } catch (error) {
    if (error instanceof AppError || error instanceof ProblemError) return undefined;
    throw error;
  }
}

const toStderr = (fault: string): void => {
  process.stderr.write(`WARNING: ${fault}\n`);
};
