/** A lock inside one process: order, and giving up. */
import { describe, expect, it } from 'vitest';
import { Lock } from './lock.ts';

describe('a lock', () => {
  it('is passed on in the order of asking', async () => {
    const lock = new Lock();
    const order: number[] = [];
    const work = async (n: number): Promise<void> => {
      const release = await lock.acquire();
      await new Promise((resolve) => setTimeout(resolve, 1));
      order.push(n);
      release();
      release();
    };
    await Promise.all([1, 2, 3, 4].map(work));
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('lets those behind pass when somebody gives up waiting', async () => {
    const lock = new Lock();
    const release = await lock.acquire();
    const impatient = lock.acquire(10);
    const patient = lock.acquire();
    await expect(impatient).rejects.toMatchObject({ code: 'INTERNAL' });
    release();
    (await patient)();
  });
});
