/** Queues in the records' own PostgreSQL, embedded or on a server: the default, nothing more to install. */
import {
  assertSchemaCompatibility,
  createPostgresBackend,
  isPgPool,
  type PgPool,
  runMigrations,
  withBackend,
} from 'bullmq';
import type { Records } from '../records/records.ts';
import { bullmqQueue } from './bullmq-queue.ts';
import type { JobQueue, QueueOptions } from './job-queue.ts';

/** All queues of a database live in this schema, whoever else shares it: give each participant its own queue names. */
export const QUEUE_SCHEMA = 'bullmq';

/** Like `migrate()`: embedded databases at boot, servers by command. */
export async function migrateQueues(records: Records): Promise<void> {
  const client = await records.pool.connect();
  try {
    await runMigrations(client, QUEUE_SCHEMA);
  } finally {
    client.release();
  }
}

/** Needs `migrateQueues()` once before. Keeps one connection of the pool while it works. Close it before the records. */
export async function postgresQueue<T>(records: Records, options: QueueOptions<T>): Promise<JobQueue<T>> {
  await assertSchemaCompatibility(records.pool, QUEUE_SCHEMA);
  const classes = withBackend(createPostgresBackend);
  return bullmqQueue({ classes, connection: poolOf(records), afterClose: async () => {} }, options);
}

/** BullMQ describes the pool that it wants in its own words, which the types of `pg` do not match; its guard does. */
function poolOf(records: Records): PgPool {
  const pool: unknown = records.pool;
  if (!isPgPool(pool)) throw new Error('The queue needs a PostgreSQL pool.');
  return pool;
}
