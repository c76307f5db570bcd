/** The contract of every job queue, on a PostgreSQL server. */
import { startPostgres } from '@revier/testkit';
import { afterAll, beforeAll, describe } from 'vitest';
import { openRecords } from '../records/open-records.ts';
import type { Records } from '../records/records.ts';
import { describeJobQueue } from './job-queue.case.ts';
import { migrateQueues, postgresQueue } from './postgres-queue.ts';

const postgres = await startPostgres();

describe.skipIf(postgres === undefined)('queues in a PostgreSQL server', () => {
  let records: Records;

  beforeAll(async () => {
    records = await openRecords({ databaseUrl: postgres?.url ?? '' });
    await migrateQueues(records);
  });
  afterAll(async () => {
    await records.close();
    await postgres?.stop();
  });

  describeJobQueue((options) => postgresQueue(records, options));
});
