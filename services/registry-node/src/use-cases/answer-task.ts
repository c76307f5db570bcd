/** A task on its way through the house: gate, guard, archive, sieve, ledger; a refusal leaves through one door. */

import { ConnectionError, ProblemError } from '@revier/connector-sdk';
import { AppError, type SentTask, type Task } from '@revier/schema';
import type { CrashPoint, Logger, Trail } from '@revier/service-kit';
import type { CrashLabel } from '../crash-labels.ts';
import { type Observer, trailOf } from '../observer.ts';
import type { Book, History } from '../ports.ts';
import { type ArchiveDeps, read } from '../rooms/archive.ts';
import { type GateDeps, type KnownSubmission, openTask, verifySubmission, verifyTask } from '../rooms/gate.ts';
import { type Granted, type GuardDeps, grant, openGranted } from '../rooms/guard.ts';
import type { Departure, Leaving } from '../rooms/leaving.ts';
import { type LedgerDeps, type Recorded, refuse, release, replayed } from '../rooms/ledger.ts';
import { type LinkedDeps, patternFor } from '../rooms/linked.ts';
import { Refusal, sealed } from '../rooms/refusal.ts';
import { isSealedAnswer, recall, type SealedAnswer, sieve } from '../rooms/sieve.ts';
import type { UnderWay } from '../rooms/under-way.ts';
import { answerTogether, type TogetherDeps } from './answer-together.ts';
import { type AssessDeps, assessTask } from './assess-task.ts';

export interface House extends GateDeps, GuardDeps, LedgerDeps, AssessDeps, TogetherDeps {
  readonly book: Book;
  readonly history: History;
  readonly archive: ArchiveDeps;
  readonly linked: Omit<LinkedDeps, 'archive'>;
  /** After a restore that could not be made good: no new answer over this epoch. */
  readonly isSealed: (epoch: { readonly dataset: string; readonly epoch: string }) => Promise<boolean>;
  readonly underWay: UnderWay;
  readonly leaving: Leaving;
  readonly noiseKey: Uint8Array;
  readonly logger: Logger;
  readonly observer: Observer;
  readonly crashPoint: CrashPoint<CrashLabel>;
}

/**
 * Resolves when the outcome stands in the book with its messages. Rejects when there is none yet, since the broker could not
 * be asked for what is missing or the process is ending: the task then comes again. A stopped node refuses.
 */
export async function answerTask(sent: SentTask, house: House, signal: AbortSignal): Promise<void> {
  const task = await openTask(sent.task, house.self).catch((error: unknown) => {
    if (isStale(error)) throw error;
    house.logger.warn({ err: error }, 'a task that the broker has not signed was left alone');
    return null;
  });
  if (task === null) return house.observer.tasks.add({ outcome: 'unsigned' });
  house.crashPoint('after-task-taken');
  const recorded = await house.observer.task(task, () => conclude(task, sent.query, house, signal));
  if (recorded === 'repeated') house.logger.info({ task: task.taskId }, 'the messages of a task leave again');
  else
    house.logger.info({ task: task.taskId, decision: recorded.decision, codes: recorded.codes }, 'a task is concluded');
}

async function conclude(
  task: Task,
  query: SentTask['query'],
  house: House,
  signal: AbortSignal,
): Promise<Recorded | 'repeated'> {
  const { observer } = house;
  const trail = trailOf(task);
  const departure = house.leaving.begin();
  let submission: KnownSubmission | null = null;
  try {
    submission = await observer.step('signatures', trail, () => verifySubmission(task, query, house.self));
    const earlier = await house.book.earlier(submission.identity);
    // What was opened may be asked for once more, with shares of members that were lost since.
    if (earlier === 'repeated' && task.sum?.step !== 'open') return await sendAgain(task, house);
    if (earlier === 'replayed') throw replayed();
    house.crashPoint('after-replay-check');
    if (submission.envelope.dryRun === true) return await assessTask(task, submission, house, signal);
    const known = submission;
    const verified = await observer.step('gate', trail, () => verifyTask(task, known, house, signal));
    const granted = await observer.step('guard', trail, () => grant(verified, house));
    const { agreement, own: planned } = openGranted(granted);
    const isTogether = planned.dataset.mode === 'F';
    return await house.underWay.run(agreement, signal, (own) =>
      isTogether ? answerTogether(granted, house, trail, own) : answer({ task, granted, departure }, house, own),
    );
  } catch (error) {
    const refused = { reasons: reasonsOf(error, house, signal), basis: error instanceof Refusal ? error.basis : null };
    return await refuse(task, submission, refused, house);
  }
}

interface Answering {
  readonly task: Task;
  readonly granted: Granted;
  readonly departure: Departure;
}

/** Under an agreement: ends with it. */
async function answer(
  { task, granted, departure }: Answering,
  house: House,
  signal: AbortSignal,
): Promise<Recorded | 'repeated'> {
  const trail = trailOf(task);
  const sealing = Promise.resolve(givenBefore(granted, house)).then(
    (before) => before ?? answerAnew(granted, house, trail, signal),
  );
  // A failure waits as an answer does: when it came could tell what it met.
  await sealing.catch(() => undefined);
  await departure(openGranted(granted), signal);
  const sealed = await sealing;
  house.crashPoint('before-ledger');
  const recorded = await house.observer.step('ledger', trail, () => release(sealed, house, signal));
  house.crashPoint('after-ledger');
  // It was delivered again while this was under way, and the other was faster.
  return recorded === 'repeated' ? await sendAgain(task, house) : recorded;
}

async function sendAgain({ taskId }: Task, { book }: House): Promise<'repeated'> {
  await book.sendAgain(taskId);
  return 'repeated';
}

async function givenBefore(granted: Granted, { book }: House): Promise<SealedAnswer | undefined> {
  const kept = await book.kept(openGranted(granted).key);
  return kept && recall(granted, kept);
}

async function answerAnew(granted: Granted, house: House, trail: Trail, signal: AbortSignal): Promise<SealedAnswer> {
  const { observer, archive, noiseKey, linked, history } = house;
  await assertUnsealed(granted, house);
  const exact = await observer.step('archive', trail, () => read(granted, archive, signal));
  house.crashPoint('after-sql');
  const pattern = await observer.step('linked', trail, () => patternFor(exact, { ...linked, archive }, signal));
  const { key } = openGranted(granted);
  const answer = await observer.step('sieve', trail, () =>
    history.answer(key, (past) => sieve(exact, noiseKey, { pattern, past })),
  );
  return isSealedAnswer(answer) ? answer : recall(granted, answer);
}

/** It passes by itself, and the task comes again. */
const isStale = (error: unknown): boolean => error instanceof AppError && error.code === 'TRUST_STALE';

async function assertUnsealed(granted: Granted, { isSealed }: House): Promise<void> {
  if (await isSealed(openGranted(granted).key)) throw sealed();
}

/** A failure of ours says nothing of its cause; what the broker or the end of the process has interrupted is no outcome at all. */
function reasonsOf(error: unknown, { logger }: House, signal: AbortSignal): Refusal['reasons'] {
  if (error instanceof Refusal) return error.reasons;
  // A stop tells why.
  if (signal.aborted && signal.reason instanceof Refusal) return signal.reason.reasons;
  if (signal.aborted || isStale(error) || error instanceof ConnectionError || error instanceof ProblemError)
    throw error;
  logger.error({ err: error }, 'a task has failed');
  return [{ code: 'FAILED', pointer: '', hint: 'The holder could not answer; try again later.' }];
}
