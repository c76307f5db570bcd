/** The queue port: work that must be done at least once, later, and not by whoever asked for it. */
import type { z } from 'zod';

export interface Job<T> {
  readonly id: string;
  readonly payload: T;
  /** 1 for the first. */
  readonly attempt: number;
}

/** Must be repeatable: a job runs again after a failure, and after a process died in the middle of it. */
export type JobHandler<T> = (job: Job<T>) => Promise<void>;

/** Jobs by state; `delayed` have a time that has not come. */
export type QueueDepth = Readonly<Record<(typeof queueStates)[number], number>>;
export const queueStates = ['waiting', 'delayed', 'active'] as const;

export interface JobQueue<T> {
  /**
   * Adding an id twice is adding it once, for a day after its completion. A job that failed for good is forgotten, so
   * that it may be added again.
   */
  add(id: string, payload: T, options?: { readonly delayMs?: number }): Promise<void>;
  /** Starts working, once per queue and process. */
  process(handler: JobHandler<T>, options?: { readonly concurrency?: number }): Promise<void>;
  /** What is left to do, of all processes that share the queue. */
  depth(): Promise<QueueDepth>;
  /** Takes no new jobs and waits for the running ones. What is queued stays queued. */
  close(): Promise<void>;
}

export interface QueueOptions<T> {
  /** Queues of one name share their jobs. */
  readonly name: string;
  /** Checked when adding and when taking: what lies in a queue was written by somebody else. */
  readonly payload: z.ZodType<T>;
  /** 5 by default. */
  readonly attempts?: number;
  /** Before the second attempt; doubles with each further one. 1,000 by default. */
  readonly backoffMs?: number;
  /** Hears of lost connections and of jobs that failed for good. */
  readonly onError?: (error: Error) => void;
}
