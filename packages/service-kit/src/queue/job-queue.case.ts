/** The contract of the queue port, run over every adapter. */
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import type { Job, JobQueue, QueueOptions } from './job-queue.ts';

const Payload = z.strictObject({ query: z.string(), cells: z.array(z.int()) });
type Payload = z.infer<typeof Payload>;

const payload: Payload = { query: 'Größe ≥ 3', cells: [1, 2, 3] };

export type OpenQueue = <T>(options: QueueOptions<T>) => Promise<JobQueue<T>>;

/** `open` is called only inside tests, so a hook may prepare it. */
export function describeJobQueue(open: OpenQueue): void {
  const opened: JobQueue<unknown>[] = [];
  let names = 0;

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((queue) => queue.close()));
  });

  async function queueOf(options: Partial<QueueOptions<Payload>> = {}): Promise<JobQueue<Payload>> {
    names += 1;
    const queue = await open({ name: `case-${names}`, payload: Payload, backoffMs: 10, ...options });
    opened.push(queue);
    return queue;
  }

  /** Collects jobs and lets a test wait for the n-th. */
  function collector(): {
    readonly jobs: Job<Payload>[];
    take(job: Job<Payload>): Promise<void>;
    reached(n: number): Promise<void>;
  } {
    const jobs: Job<Payload>[] = [];
    return {
      jobs,
      take: async (job) => void jobs.push(job),
      reached: (n) => expect.poll(() => jobs.length, { timeout: 10_000, interval: 5 }).toBeGreaterThanOrEqual(n),
    };
  }

  it('hands a job over as it was given', async () => {
    const queue = await queueOf();
    const { jobs, take, reached } = collector();
    await queue.process(take);
    await queue.add('sha256:0f/12', payload);
    await reached(1);
    expect(jobs).toEqual([{ id: 'sha256:0f/12', payload, attempt: 1 }]);
  });

  it('tells how many jobs wait, are due later or are being done', async () => {
    const queue = await queueOf();
    const held = Promise.withResolvers<void>();
    const { jobs, take, reached } = collector();
    await queue.add('later', payload, { delayMs: 60_000 });
    for (const id of ['a', 'b', 'c']) await queue.add(id, payload);
    expect(await queue.depth()).toEqual({ waiting: 3, delayed: 1, active: 0 });
    await queue.process(async (job) => {
      await take(job);
      await held.promise;
    });
    await reached(1);
    expect(await queue.depth()).toEqual({ waiting: 2, delayed: 1, active: 1 });
    held.resolve();
    await reached(3);
    await expect.poll(() => queue.depth(), { timeout: 10_000 }).toEqual({ waiting: 0, delayed: 1, active: 0 });
    expect(jobs.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
  });

  it('wakes a waiting worker at once', async () => {
    const queue = await queueOf();
    const { take, reached } = collector();
    await queue.process(take);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const started = performance.now();
    await queue.add('1', payload);
    await reached(1);
    // A missed notification would cost five seconds.
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('takes what was queued before anybody worked, each job once', async () => {
    const queue = await queueOf();
    await Promise.all(Array.from({ length: 50 }, (_, index) => queue.add(String(index), payload)));
    const { jobs, take, reached } = collector();
    await queue.process(take, { concurrency: 8 });
    await reached(50);
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(50);
    expect(jobs).toHaveLength(50);
  });

  it('adds an id once, also when the job is done', async () => {
    const queue = await queueOf();
    const { jobs, take, reached } = collector();
    await Promise.all([queue.add('same', payload), queue.add('same', payload)]);
    await queue.process(take);
    await reached(1);
    await queue.add('same', payload);
    await queue.add('other', payload);
    await reached(2);
    expect(jobs.map(({ id }) => id)).toEqual(['same', 'other']);
  });

  it('waits as long as it was told', async () => {
    const queue = await queueOf();
    const { jobs, take, reached } = collector();
    await queue.process(take);
    const started = performance.now();
    await queue.add('later', payload, { delayMs: 300 });
    await queue.add('now', payload);
    await reached(2);
    expect(jobs.map(({ id }) => id)).toEqual(['now', 'later']);
    expect(performance.now() - started).toBeGreaterThanOrEqual(290);
  });

  it('repeats a failed job until it succeeds', async () => {
    const queue = await queueOf();
    const attempts: number[] = [];
    await queue.process(async ({ attempt }) => {
      attempts.push(attempt);
      if (attempt < 3) throw new Error('not yet');
    });
    await queue.add('stubborn', payload);
    await expect.poll(() => attempts, { timeout: 10_000 }).toEqual([1, 2, 3]);
  });

  it('reports a job that failed for good, and then takes it again', async () => {
    const errors: Error[] = [];
    const queue = await queueOf({ attempts: 2, onError: (error) => errors.push(error) });
    let works = false;
    let done = 0;
    await queue.process(async () => {
      if (!works) throw new Error('never');
      done += 1;
    });
    await queue.add('hopeless', payload);
    await expect.poll(() => errors.length, { timeout: 10_000 }).toBe(1);
    works = true;
    await expect
      .poll(
        async () => {
          await queue.add('hopeless', payload);
          return done;
        },
        { timeout: 10_000 },
      )
      .toBe(1);
    expect(errors[0]?.cause).toBeInstanceOf(Error);
  });

  it('refuses a payload that does not fit', async () => {
    const queue = await queueOf();
    await expect(queue.add('1', { query: 'x', cells: [0.5] })).rejects.toThrow(z.ZodError);
  });

  it('works for one handler only', async () => {
    const queue = await queueOf();
    await queue.process(async () => {});
    await expect(queue.process(async () => {})).rejects.toThrow('already');
  });

  it('waits for the running job when it closes, and leaves the others queued', async () => {
    const first = await queueOf();
    const events: string[] = [];
    const { promise: started, resolve: starts } = Promise.withResolvers<void>();
    await first.process(async ({ id }) => {
      starts();
      await new Promise((resolve) => setTimeout(resolve, 100));
      events.push(id);
    });
    await first.add('a', payload);
    await first.add('b', payload, { delayMs: 500 });
    await started;
    await first.close();
    expect(events).toEqual(['a']);
    const second = await queueOf({ name: `case-${names}` });
    const { jobs, take, reached } = collector();
    await second.process(take);
    await reached(1);
    expect(jobs.map(({ id }) => id)).toEqual(['b']);
  });
}
