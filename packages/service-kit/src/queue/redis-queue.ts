/** Queues in Redis: for more than one broker process. */
import { createRedisBackend, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { bullmqQueue } from './bullmq-queue.ts';
import type { JobQueue, QueueOptions } from './job-queue.ts';

/** `url` is `redis://…` or `rediss://…`. */
export async function redisQueue<T>(url: string, options: QueueOptions<T>): Promise<JobQueue<T>> {
  // BullMQ's workers block on their connection and need commands that wait for a reconnect instead of failing.
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  connection.on('error', options.onError ?? (() => {}));
  const classes = withBackend(createRedisBackend);
  const afterClose = async (): Promise<void> => {
    await connection.quit();
  };
  return bullmqQueue({ classes, connection, afterClose }, options);
}
