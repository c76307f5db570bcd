/** The contract of every job queue, in the embedded database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openRecords } from '../records/open-records.ts';
import type { Records } from '../records/records.ts';
import { describeJobQueue } from './job-queue.case.ts';
import { migrateQueues, postgresQueue } from './postgres-queue.ts';

describe('queues in the embedded database', () => {
  let records: Records;

  beforeAll(async () => {
    records = await openRecords({ memory: true });
    await expect(postgresQueue(records, { name: 'early', payload: z.string() })).rejects.toThrow('not initialized');
    await migrateQueues(records);
    await migrateQueues(records);
  }, 30_000);
  afterAll(() => records.close());

  describeJobQueue((options) => postgresQueue(records, options));

  it('keep their tables out of everybody else’s schema', async () => {
    const { rows } = await records.pool.query(
      `select distinct schemaname from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    expect(rows).toEqual([{ schemaname: 'bullmq' }]);
  });
});
