/** Batches: everybody gets their own outcome, in few goes, and nobody pays for somebody else's fault. */
import { describe, expect, it } from 'vitest';
import { inBatches } from './in-batches.ts';

function doubling(refused: readonly number[] = []) {
  const batches: number[][] = [];
  const double = inBatches<number, number>(async (items) => {
    batches.push([...items]);
    if (items.some((item) => refused.includes(item))) throw new Error('refused');
    return (place) => (items[place] ?? 0) * 2;
  });
  return { batches, double };
}

describe('wishes in batches', () => {
  it('go together when they come together, and each gets its own outcome', async () => {
    const { batches, double } = doubling();
    expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6]);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('wait for the batch that is under way, and then go together', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const batches: number[] = [];
    const ask = inBatches<number, number>(async (items) => {
      batches.push(items.length);
      if (batches.length === 1) await gate;
      return (place) => items[place] ?? 0;
    });
    const first = ask(1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const later = Promise.all([ask(2), ask(3)]);
    open();
    expect([await first, await later]).toEqual([1, [2, 3]]);
    expect(batches).toEqual([1, 2]);
  });

  it('fail alone', async () => {
    const { double } = doubling([2]);
    const outcomes = await Promise.allSettled([1, 2, 3].map(double));
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.status))).toEqual([
      2,
      'rejected',
      6,
    ]);
  });

  it('are bounded, however many come', async () => {
    const { batches, double } = doubling();
    const all = Array.from({ length: 1201 }, (_, at) => at);
    expect(await Promise.all(all.map(double))).toEqual(all.map((item) => item * 2));
    expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(500);
  });

  it('start again after a pause', async () => {
    const { batches, double } = doubling();
    await double(1);
    await double(2);
    expect(batches).toEqual([[1], [2]]);
  });
});
