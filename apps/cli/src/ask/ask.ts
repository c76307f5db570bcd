/** Asking: sign, submit, wait, fetch, and look at the answer before anybody relies on it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Submitted } from '@revier/connector-sdk';
import { type Answer, AppError, type QueryState, type QuestionInput, type SignedQuery } from '@revier/schema';
import type { Profile } from '../profile/profile.ts';
import { answerFaults } from './check-answer.ts';
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
const PAUSE_MS = 500;
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
  const answer =
    submitted.kind === 'answer' ? submitted.answer : await awaited(session, submitted.state, { ...options, until });
  await warn(answer, session, options, query);
  return answer;
}

/** The Idempotency-Key makes a repetition by a proxy harmless. */
export const submit = (
  { profile, client }: Session,
  { signed, envelope }: SignedQuestion,
  { waitSeconds, signal }: { readonly waitSeconds: number; readonly signal?: AbortSignal | undefined },
): Promise<Submitted> =>
  reached(profile, () =>
    client.submit(signed, {
      waitSeconds,
      idempotencyKey: envelope.jti,
      ...(signal === undefined ? {} : { signal }),
    }),
  );

/** An answer that was asked for earlier. @throws ProblemError NOT_FOUND */
export async function fetchAnswer(session: Session, queryId: string, options: AskOptions): Promise<Answer> {
  const answer = await reached(session.profile, () => session.client.answer(queryId, options.signal));
  if (answer.queryId !== queryId) (options.onWarning ?? toStderr)('The answer is to another query.');
  await warn(answer, session, options);
  return answer;
}

async function awaited(session: Session, first: QueryState, options: AskOptions & { until: number }): Promise<Answer> {
  let state = first;
  options.onProgress?.(state);
  while (!isSettled(state)) {
    if (session.clock().getTime() >= options.until)
      throw new AppError('NOT_ANSWERED_YET', { detail: `Query ${state.queryId} is ${state.state}.` });
    await sleep(PAUSE_MS, undefined, options.signal === undefined ? {} : { signal: options.signal });
    state = await reached(session.profile, () => session.client.queryState(first.queryId, options.signal));
    options.onProgress?.(state);
  }
  return reached(session.profile, () => session.client.answer(first.queryId, options.signal));
}

const isSettled = ({ state }: QueryState): boolean => state !== 'accepted' && state !== 'running';

async function warn(
  answer: Answer,
  { trust }: Session,
  { onWarning }: AskOptions,
  query?: SignedQuestion,
): Promise<void> {
  for (const fault of await answerFaults(answer, trust, query)) (onWarning ?? toStderr)(fault);
}

const toStderr = (fault: string): void => {
  process.stderr.write(`WARNING: ${fault}\n`);
};
