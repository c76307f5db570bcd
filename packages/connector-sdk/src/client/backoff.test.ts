/** Pauses between attempts: their growth, their limit, their chance. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultBackoff, pauseMs } from './backoff.ts';

describe('the pause', () => {
  it('doubles from half a second to half a minute', () => {
    const backoff = defaultBackoff(() => 0.999_999);
    expect([1, 2, 3, 7, 8, 1000].map((failures) => Math.round(pauseMs(backoff, failures)))).toEqual([
      500, 1000, 2000, 30_000, 30_000, 30_000,
    ]);
  });

  it('is never less than half of that, whatever chance says', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, r) => {
        const [pause, least] = [
          pauseMs(
            defaultBackoff(() => r),
            failures + 1,
          ),
          pauseMs(
            defaultBackoff(() => 0),
            failures + 1,
          ),
        ];
        expect(pause).toBeGreaterThanOrEqual(least);
        expect(pause).toBeLessThanOrEqual(Math.min(30_000, 2 * least));
        expect(least).toBeGreaterThanOrEqual(250);
      }),
    );
  });
});
