/** A shift: the time in which the node works, from its start to its stop or its end. It polls, answers, publishes and sends. */
import { type LoopState, ProblemError, runTaskLoop } from '@revier/connector-sdk';
import type { SentTask } from '@revier/schema';
import type { Logger } from '@revier/service-kit';
import type { Deps } from './deps.ts';
import { Refusal, STOPPED } from './rooms/refusal.ts';
import { answerTask } from './use-cases/answer-task.ts';
import { createPublisher, type Publisher } from './use-cases/publish.ts';

export interface ShiftOptions {
  readonly deps: Deps;
  readonly logger: Logger;
  readonly documents: Parameters<typeof createPublisher>[0]['documents'];
  /** Of the process. */
  readonly closing: AbortSignal;
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

export function beginShift({ deps, logger, documents, closing }: ShiftOptions): Shift {
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, closing]);
  const random = Math.random;
  let connected = false;
  const { self, client, datasets, agreements, outbox, house } = deps;
  const publisher = createPublisher({ self, client, datasets, agreements, documents, signal, random, logger });
  const onState = (state: LoopState): void => {
    if (state.kind === 'away') connected = false;
    // It may have come back with nothing.
    if (state.kind === 'connected' && !connected) [connected] = [true, publisher.announce()];
    report(state, logger);
  };
  const handle = (task: SentTask, abort: AbortSignal) => answerTask(task, house, abort);
  publisher.announce();
  const loop = runTaskLoop({ client, handle, outbox, signal, onState, random, concurrency: TASKS_AT_ONCE });
  // A loop that ends by itself has lost its outbox: that is told, and shows as not connected.
  loop.catch((error: unknown) => logger.fatal({ err: error }, 'the task loop has ended'));
  return {
    // The reason reaches whatever is interrupted: its task is refused with it.
    stop: () => stopping.abort(new Refusal([STOPPED])),
    ended: Promise.allSettled([loop, publisher.ended()]).then(() => undefined),
    isStopped: () => stopping.signal.aborted,
    isConnected: () => connected && !signal.aborted,
    publisher,
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
