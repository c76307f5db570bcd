/** The tasks in hand: each once at a time, so many at once, and one that fails comes again after a pause. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CompactJws, SentTask } from '@revier/schema';

export interface DeskOptions {
  /** Handles one task and sends what came of it; rejects when that failed. */
  readonly work: (task: SentTask) => Promise<void>;
  /** Told of each failure; returns the pause in milliseconds. */
  readonly onFailed: (cause: unknown, failures: number) => number;
  readonly concurrency: number;
  /** Pause in milliseconds when what is offered is in hand already. */
  readonly busyPauseMs: number;
  readonly signal: AbortSignal;
}

export interface TaskDesk {
  /** Starts as many new tasks as fit; resolves when it makes sense to ask for more. What does not fit is offered again. */
  take(offered: readonly SentTask[]): Promise<void>;
  /** Resolves when nothing runs any more. */
  close(): Promise<void>;
}

export function taskDesk(options: DeskOptions): TaskDesk {
  // By the text of the task: the same one is in hand once, whatever came beside it.
  const held = new Map<CompactJws, Promise<void>>();
  const working = new Set<Promise<number>>();
  const failures = new Map<CompactJws, number>();

  async function run(sent: SentTask): Promise<void> {
    const work = attempt(sent).finally(() => working.delete(work));
    working.add(work);
    const pause = await work;
    // Held, but without taking a place, so that one bad task does not stop the others.
    if (pause > 0) await pauseOrAbort(pause, options.signal);
    held.delete(sent.task);
  }

  /** Never rejects; returns the pause before this task may come again. */
  async function attempt(sent: SentTask): Promise<number> {
    try {
      await options.work(sent);
      failures.delete(sent.task);
      return 0;
    } catch (cause) {
      if (options.signal.aborted) return 0;
      const count = (failures.get(sent.task) ?? 0) + 1;
      failures.set(sent.task, count);
      return options.onFailed(cause, count);
    }
  }

  return {
    async take(offered) {
      const byText = new Map(offered.map((sent) => [sent.task, sent]));
      for (const task of failures.keys()) if (!byText.has(task) && !held.has(task)) failures.delete(task);
      const fresh = [...byText.values()].filter(({ task }) => !held.has(task));
      const started = fresh.slice(0, options.concurrency - working.size);
      for (const sent of started) held.set(sent.task, run(sent));
      if (offered.length > 0 && started.length === 0) await pauseOrAbort(options.busyPauseMs, options.signal);
      while (working.size >= options.concurrency) await Promise.race(working);
    },
    async close() {
      await Promise.all(held.values());
    },
  };
}

/** Ends early, without an error, when aborted. */
export async function pauseOrAbort(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
