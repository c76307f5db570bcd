/** Record keys are stable, spread evenly, and tell datasets apart. */
import { describe, expect, it } from 'vitest';
import { recordKeyer } from './record-key.ts';

const secret = new Uint8Array(32).fill(7);

describe('a record key', () => {
  it('is the same whenever it is made, and another with another secret, dataset or record', () => {
    const keyOf = recordKeyer(secret, 'cases');
    expect(keyOf('a')).toBe(recordKeyer(secret, 'cases')('a'));
    const others = [
      recordKeyer(new Uint8Array(32).fill(8), 'cases')('a'),
      recordKeyer(secret, 'stays')('a'),
      keyOf('b'),
    ];
    expect(new Set([keyOf('a'), ...others]).size).toBe(4);
  });

  it('does not confuse where a dataset ends and a record begins', () => {
    expect(recordKeyer(secret, 'cases1')('2')).not.toBe(recordKeyer(secret, 'cases')('12'));
  });

  it('is uniform: 64 classes of 64,000 keys stay within six standard deviations', () => {
    const counts = new Array<number>(64).fill(0);
    const keyOf = recordKeyer(secret, 'cases');
    for (let record = 0; record < 64_000; record += 1) {
      const at = keyOf(`r${record}`) >>> 26;
      counts[at] = (counts[at] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(6 * Math.sqrt(1000));
  });
});
