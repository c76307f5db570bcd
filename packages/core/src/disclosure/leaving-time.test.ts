/** Leaving times say what the shape of a table says, and no more. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leavingTime } from './leaving-time.ts';

describe('the leaving time', () => {
  test('is the same for every run that is done in the time of its class', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1000 }),
        fc.double({ min: 0, max: 200, noNaN: true }),
        (figures, elapsed) => {
          expect(leavingTime({ figures }, elapsed, 100)).toBe(200);
        },
      ),
    );
  });

  test('is never before the work is done, and never more than twice as late', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.double({ min: 0, max: 1e6, noNaN: true }), (figures, elapsed) => {
        const at = leavingTime({ figures }, elapsed, 100);
        expect(at).toBeGreaterThanOrEqual(elapsed);
        expect(at).toBeLessThanOrEqual(Math.max(12_800, 2 * elapsed));
      }),
    );
  });

  test('grows with the table, and is at once where it is switched off', () => {
    const times = [10, 5000, 50_000, 500_000].map((figures) => leavingTime({ figures }, 0, 100));
    expect(times).toEqual([200, 800, 3200, 12_800]);
    expect(leavingTime({ figures: 10 }, 37, 0)).toBe(37);
  });
});
