/** Doors to the queues: their library is loaded by whoever queues, which a node does not. */
import type { Records } from '../records/records.ts';
import type { JobQueue, QueueOptions } from './job-queue.ts';

/** Beside the records, or in Redis (`redis://…`, `rediss://…`) for more than one process. */
export type QueuePlace = 'records' | { readonly redisUrl: string };

/** Beside the records it needs `migrateQueues()` once before, and is to be closed before them. */
export async function openQueue<T>(
  where: QueuePlace,
  records: Records,
  options: QueueOptions<T>,
): Promise<JobQueue<T>> {
  if (where === 'records') return (await import('./postgres-queue.ts')).postgresQueue(records, options);
  return (await import('./redis-queue.ts')).redisQueue(where.redisUrl, options);
}

/** Like `migrate()`: embedded databases at boot, servers by command. */
export const migrateQueues = async (records: Records): Promise<void> =>
  (await import('./postgres-queue.ts')).migrateQueues(records);
