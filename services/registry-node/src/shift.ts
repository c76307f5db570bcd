/** A shift: the time in which the node works, from its start to its stop or its end. It polls, answers, publishes and sends. */
import { type LoopState, ProblemError, runTaskLoop } from '@revier/connector-sdk';
import { AppError, type SentTask } from '@revier/schema';
import type { Logger } from '@revier/service-kit';
import type { Deps } from './deps.ts';
import { runPost } from './inbox/postman.ts';
import { Refusal, STOPPED } from './rooms/refusal.ts';
import { answerTask } from './use-cases/answer-task.ts';
import type { Noticed } from './use-cases/notice-restore.ts';
import { createPublisher, type Publisher } from './use-cases/publish.ts';
import { noticeByWitness } from './use-cases/witnessed.ts';

export interface ShiftOptions {
  readonly deps: Deps;
  readonly logger: Logger;
  readonly documents: Parameters<typeof createPublisher>[0]['documents'];
  /** Of the process. */
  readonly closing: AbortSignal;
  /** Told before the first task is answered, when witnesses know more of the log than the records. */
  readonly onRestored: (noticed: Noticed) => void;
  /** The broker is there, and may have come back with nothing. */
  readonly onConnected: () => void;
}

export interface Shift {
  /** At once: no polling, nothing sent, statements cancelled; tasks under way are refused. */
  stop(): void;
  /** Resolves when nothing runs any more. */
  readonly ended: Promise<void>;
  isStopped(): boolean;
  isConnected(): boolean;
  readonly publisher: Publisher;
}

/** Tasks under way at the same time; the archive lets fewer read. */
const TASKS_AT_ONCE = 8;

export function beginShift({ deps, logger, documents, closing, onRestored, onConnected }: ShiftOptions): Shift {
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, closing]);
  const random = Math.random;
  let connected = false;
  const { self, client, datasets, agreements, outbox, house } = deps;
  const publisher = createPublisher({ self, client, datasets, agreements, documents, signal, random, logger });
  const onState = (state: LoopState): void => {
    if (state.kind === 'away') connected = false;
    // It may have come back with nothing.
    if (state.kind === 'connected' && !connected) [connected] = [true, publisher.announce(), onConnected()];
    report(state, logger);
  };
  const trusted = once(() => lookedAt(deps, signal, onRestored));
  const handle = async (task: SentTask, abort: AbortSignal): Promise<void> => {
    await trusted();
    await answerTask(task, house, abort);
  };
  publisher.announce();
  signal.addEventListener('abort', deps.changes.on(publisher.announce), { once: true });
  const post = runPost({ deps: deps.inbox, client, signal, random });
  // A release that is kept back is not sent to its end, however slow the line.
  const onCut = (cut: () => void): void => signal.addEventListener('abort', deps.keptBack.on(cut), { once: true });
  const loop = runTaskLoop({ client, handle, outbox, signal, onState, onCut, random, concurrency: TASKS_AT_ONCE });
  // A loop that ends by itself has lost its outbox: that is told, and shows as not connected.
  loop.catch((error: unknown) => logger.fatal({ err: error }, 'the task loop has ended'));
  return {
    // The reason reaches whatever is interrupted: its task is refused with it.
    stop: () => stopping.abort(new Refusal([STOPPED])),
    ended: Promise.allSettled([loop, post, publisher.ended()]).then(() => undefined),
    isStopped: () => stopping.signal.aborted,
    isConnected: () => connected && !signal.aborted,
    publisher,
  };
}

/** @throws AppError NOT_READY, also when nobody can be asked: the task comes again */
async function lookedAt(deps: Deps, signal: AbortSignal, onRestored: ShiftOptions['onRestored']): Promise<void> {
  const noticed = await noticeByWitness({ ...deps, ...deps.restore }, signal);
  if (noticed === undefined) return;
  onRestored(noticed);
  throw new AppError('NOT_READY', { detail: noticed.reason });
}

/** Of many who ask, the first one does it; again after a failure. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work().catch((error: unknown) => {
      done = undefined;
      throw error;
    });
    return done;
  };
}

function report(state: LoopState, logger: Logger): void {
  if (state.kind === 'connected') logger.info('connected to the broker');
  else if (state.kind === 'away')
    logger.warn({ err: state.cause, failures: state.failures, ...wordsOf(state.cause) }, 'the broker is away');
  else if (state.kind === 'task-failed') logger.warn({ err: state.cause }, 'a task could not be concluded yet');
  else logger.warn({ task: state.item.taskId, code: state.problem.code }, 'the broker does not take a message');
}

/** What the broker itself says: without it, nobody could tell a wrong clock from a wrong key. */
const wordsOf = (cause: unknown): { readonly said?: string } =>
  cause instanceof ProblemError ? { said: cause.message.slice(0, 300) } : {};
