/** The contract of every job queue, on Redis. */
import { startRedis } from '@revier/testkit';
import { afterAll, describe } from 'vitest';
import { describeJobQueue } from './job-queue.case.ts';
import { redisQueue } from './redis-queue.ts';

const redis = await startRedis();

describe.skipIf(redis === undefined)('queues in Redis', () => {
  afterAll(() => redis?.stop());

  describeJobQueue((options) => redisQueue(redis?.url ?? '', options));
});
