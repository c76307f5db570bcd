/** The queue port over BullMQ, whatever keeps its jobs. */
import type { BackendClasses, IQueueBackend, JobsOptions } from 'bullmq';
import { z } from 'zod';
import { type JobHandler, type JobQueue, type QueueOptions, queueStates } from './job-queue.ts';

export interface Backend<B extends IQueueBackend, C> {
  readonly classes: BackendClasses<B, C>;
  readonly connection: C;
  /** What is left to do when queue and worker are closed. */
  readonly afterClose: () => Promise<void>;
}

const DAY_S = 24 * 60 * 60;
/** Completed jobs are kept only to recognise repeated ids. */
const REMEMBERED = { age: DAY_S, count: 10_000 };

export async function bullmqQueue<T, B extends IQueueBackend, C>(
  { classes, connection, afterClose }: Backend<B, C>,
  options: QueueOptions<T>,
): Promise<JobQueue<T>> {
  const { name } = options;
  const onError = options.onError ?? (() => {});
  const stored = z.object({ id: z.string(), payload: options.payload });
  const queue = new classes.Queue(name, { connection, defaultJobOptions: jobDefaults(options) });
  queue.on('error', onError);
  await queue.waitUntilReady();
  let worker: InstanceType<typeof classes.Worker> | undefined;

  const process = async (handler: JobHandler<T>, { concurrency = 1 } = {}): Promise<void> => {
    if (worker !== undefined) throw new Error(`The queue ${name} is being worked on already.`);
    worker = new classes.Worker(
      name,
      async (job) => handler({ ...stored.parse(job.data), attempt: job.attemptsStarted }),
      { connection, concurrency },
    );
    worker.on('error', onError);
    worker.on('failed', (job, cause) => {
      if (job === undefined || job.finishedOn === undefined) return;
      onError(new Error(`A job of the queue ${name} failed for good.`, { cause }));
    });
    await worker.waitUntilReady();
  };

  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await worker?.close();
    await queue.close();
    await afterClose();
  };

  return {
    add: async (id, payload, { delayMs = 0 } = {}) => {
      await queue.add('job', stored.parse({ id, payload }), { jobId: jobIdOf(id), delay: delayMs });
    },
    process,
    depth: async () => {
      const { waiting = 0, delayed = 0, active = 0 } = await queue.getJobCounts(...queueStates);
      return { waiting, delayed, active };
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

const jobDefaults = ({ attempts = 5, backoffMs = 1_000 }: QueueOptions<unknown>): JobsOptions => ({
  attempts,
  backoff: { type: 'exponential', delay: backoffMs, jitter: 0.2 },
  removeOnComplete: REMEMBERED,
  removeOnFail: true,
});

/** BullMQ takes neither colons nor whole numbers as ids, ours may have both. */
const jobIdOf = (id: string): string => `id-${encodeURIComponent(id)}`;
