/** A node's life: wait for tasks, hand each over, send what came of it, and stay calm while the broker is away. */
import type { Problem, SentTask } from '@revier/schema';
import { drainPass, type OutboxClient } from '../outbox/drain-outbox.ts';
import type { OutboxItem, Outgoing } from '../outbox/outbox.ts';
import { type Backoff, defaultBackoff, pauseMs } from './backoff.ts';
import type { BrokerClient } from './broker-client.ts';
import { ProblemError } from './errors.ts';
import { pauseOrAbort, type TaskDesk, taskDesk } from './task-desk.ts';

export type LoopState =
  | { readonly kind: 'connected' }
  | { readonly kind: 'away'; readonly failures: number; readonly pauseMs: number; readonly cause: unknown }
  /** The task comes again, after the pause. */
  | { readonly kind: 'task-failed'; readonly failures: number; readonly pauseMs: number; readonly cause: unknown }
  /** The broker will never take this message. */
  | { readonly kind: 'refused'; readonly item: OutboxItem; readonly problem: Problem };

export interface TaskLoopOptions {
  readonly client: Pick<BrokerClient, 'pollTasks' | keyof OutboxClient>;
  /**
   * Verifies and answers one task, and puts receipt and release into the outbox in the transaction of its own records.
   * Must be idempotent: a task comes again until the broker has its receipt, also after a crash.
   */
  readonly handle: (task: SentTask, signal: AbortSignal) => Promise<void>;
  readonly outbox: Outgoing;
  readonly signal: AbortSignal;
  readonly onState?: (state: LoopState) => void;
  /** Given what breaks off a message that is being sent, and looks at once at what is to be sent now. */
  readonly onCut?: (cut: () => void) => void;
  /** Tasks at the same time; 4 when left out. */
  readonly concurrency?: number;
  readonly waitSeconds?: number;
  readonly random: () => number;
  readonly backoff?: Backoff;
}

/** While tasks run, the broker offers them again; asking once a second for others is enough then. */
const BUSY_PAUSE_MS = 1000;

/** Runs until `signal` is aborted, and resolves when the last handler has ended; never rejects for want of a broker. */
export async function runTaskLoop(options: TaskLoopOptions): Promise<void> {
  const { client, signal, onState, waitSeconds = 30 } = options;
  const backoff = options.backoff ?? defaultBackoff(options.random);
  const drain = drainInTurn(options);
  const desk = deskOf(options, backoff, drain);
  let failures = 0;
  let connected = false;
  while (!signal.aborted) {
    try {
      await drain();
      // The first answer is wanted at once: else "connected" would come a whole long poll after the broker has.
      const tasks = await client.pollTasks(connected ? waitSeconds : 0, signal);
      if (!connected) onState?.({ kind: 'connected' });
      [connected, failures] = [true, 0];
      await desk.take(tasks);
    } catch (cause) {
      if (signal.aborted) break;
      [connected, failures] = [false, failures + 1];
      const pause = Math.max(pauseMs(backoff, failures), retryAfterMs(cause));
      onState?.({ kind: 'away', failures, pauseMs: pause, cause });
      await pauseOrAbort(pause, signal);
    }
  }
  await desk.close();
}

function deskOf(options: TaskLoopOptions, backoff: Backoff, drain: () => Promise<void>): TaskDesk {
  const { handle, signal, onState } = options;
  return taskDesk({
    signal,
    concurrency: options.concurrency ?? 4,
    busyPauseMs: BUSY_PAUSE_MS,
    async work(task) {
      await handle(task, signal);
      // What cannot be sent now stays in the outbox, and the loop tries again on its next turn.
      await drain().catch(() => undefined);
    },
    onFailed(cause, failures) {
      const pause = pauseMs(backoff, failures);
      onState?.({ kind: 'task-failed', failures, pauseMs: pause, cause });
      return pause;
    },
  });
}

/** One pass after the other: two at once would send everything twice. */
function drainInTurn({ outbox, client, signal, onState, onCut }: TaskLoopOptions): () => Promise<void> {
  const onRefused = (item: OutboxItem, problem: Problem) => onState?.({ kind: 'refused', item, problem });
  let last: Promise<unknown> = Promise.resolve();
  let sending = new AbortController();
  const drain = (): Promise<void> => {
    const pass = last.then(() => drainPass(outbox, client, { signal, onRefused, cut: () => sending.signal }));
    last = pass.catch(() => undefined);
    return pass.then(() => undefined);
  };
  onCut?.(() => {
    sending.abort();
    sending = new AbortController();
    // What cannot be sent now stays in the outbox, and the loop tries again on its next turn.
    drain().catch(() => undefined);
  });
  return drain;
}

const retryAfterMs = (cause: unknown): number => (cause instanceof ProblemError ? (cause.retryAfter ?? 0) * 1000 : 0);
