/** The node at work: it polls, answers, publishes and sends, until it is stopped by its holder or closed by its process. */
import { drainOutbox, type LoopState, ProblemError, runTaskLoop } from '@revier/connector-sdk';
import type { SentTask } from '@revier/schema';
import type { Logger } from '@revier/service-kit';
import { isStopFileThere, watchStopFile, writeStopFile } from './adapters/stop-file.ts';
import type { Deps } from './deps.ts';
import { dropReleases } from './rooms/ledger.ts';
import { answerTask } from './use-cases/answer-task.ts';
import { createPublisher, type Publisher } from './use-cases/publish.ts';

export interface Operation {
  /** Ends polling, cancels what runs, drops what is pending. Resolves when all of it is done; a second call changes nothing. */
  stop(): Promise<void>;
  isStopped(): boolean;
  isConnected(): boolean;
  readonly publisher: Publisher;
  close(): Promise<void>;
}

interface OperationOptions {
  readonly deps: Deps;
  readonly logger: Logger;
  readonly stopFile?: string | undefined;
  readonly documents: Parameters<typeof createPublisher>[0]['documents'];
}

/** Tasks under way at the same time; the archive lets fewer read. */
const TASKS_AT_ONCE = 8;

export async function operate({ deps, logger, stopFile, documents }: OperationOptions): Promise<Operation> {
  const [stopping, closing] = [new AbortController(), new AbortController()];
  const working = AbortSignal.any([stopping.signal, closing.signal]);
  const random = Math.random;
  let [connected, stopped]: [boolean, Promise<void> | undefined] = [false, undefined];
  const { self, client, datasets, agreements, outbox, house } = deps;
  const publisher = createPublisher({ self, client, datasets, agreements, documents, signal: working, random, logger });
  const onState = (state: LoopState): void => {
    if (state.kind === 'away') connected = false;
    // It may have come back with nothing.
    if (state.kind === 'connected' && !connected) [connected] = [true, publisher.announce()];
    report(state, logger);
  };
  const handle = (sent: SentTask, signal: AbortSignal) => answerTask(sent, house, signal);
  if (stopFile !== undefined && (await isStopFileThere(stopFile))) stopping.abort();
  else publisher.announce();
  const loop = runTaskLoop({ client, handle, outbox, signal: working, onState, random, concurrency: TASKS_AT_ONCE });
  // A loop that ends by itself has lost its outbox: that is told, and shows as not connected.
  loop.catch((error: unknown) => logger.fatal({ err: error }, 'the task loop has ended'));
  const settle = async (): Promise<void> => {
    await loop.catch(() => undefined);
    connected = false;
    await dropReleases(house);
    logger.warn('the node is stopped: no polling, pending releases are dropped');
    // Refusals carry no data: they may still be told, for as long as the process lives.
    drainOutbox(outbox, client, { signal: closing.signal, random }).catch(() => undefined);
  };
  const stop = (): Promise<void> => {
    stopping.abort();
    stopped ??= settle();
    return stopped;
  };
  const unwatch = stopFile === undefined ? () => undefined : watchStopFile(stopFile, () => void stop());
  if (stopping.signal.aborted) await stop();
  return {
    async stop() {
      if (stopFile !== undefined) await writeStopFile(stopFile);
      await stop();
    },
    isStopped: () => stopping.signal.aborted,
    isConnected: () => connected,
    publisher,
    async close() {
      unwatch();
      closing.abort();
      await Promise.allSettled([loop, publisher.ended(), stopped]);
    },
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
