/** Partials merge like numbers add: in any order, in any grouping, never silently wrong. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countsOf, mergeCounts, NO_COUNTS } from './partial.ts';

const partial = fc.record({
  n: fc.integer({ min: 0 }),
  sum: fc.integer(),
  sumOfSquares: fc.maxSafeNat().map((value) => Math.floor(value / 4)),
});

describe('merging partials', () => {
  it('is associative', () => {
    fc.assert(
      fc.property(partial, partial, partial, (a, b, c) => {
        expect(mergeCounts(mergeCounts(a, b), c)).toEqual(mergeCounts(a, mergeCounts(b, c)));
      }),
    );
  });

  it('is commutative', () => {
    fc.assert(
      fc.property(partial, partial, (a, b) => {
        expect(mergeCounts(a, b)).toEqual(mergeCounts(b, a));
      }),
    );
  });

  it('has the empty partial as identity', () => {
    fc.assert(
      fc.property(partial, (a) => {
        expect(mergeCounts(a, NO_COUNTS)).toEqual(a);
        expect(mergeCounts(NO_COUNTS, a)).toEqual(a);
      }),
    );
  });

  it('gives of two halves what the whole gives, wherever it is cut', () => {
    const values = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }));
    fc.assert(
      fc.property(values, fc.nat(), (all, cut) => {
        expect(mergeCounts(countsOf(all.slice(0, cut)), countsOf(all.slice(cut)))).toEqual(countsOf(all));
      }),
    );
  });

  it('counts, adds and squares', () => {
    expect(countsOf([1, -2, 3])).toEqual({ n: 3, sum: 2, sumOfSquares: 14 });
    expect(countsOf([])).toEqual(NO_COUNTS);
  });

  it('throws rather than lose a unit beyond 2^53 - 1, on either side of zero', () => {
    const full = { n: 1, sum: Number.MAX_SAFE_INTEGER, sumOfSquares: 0 };
    const one = { n: 1, sum: 1, sumOfSquares: 0 };
    expect(() => mergeCounts(full, one)).toThrow(RangeError);
    expect(() => mergeCounts({ ...full, sum: -full.sum }, { ...one, sum: -1 })).toThrow(RangeError);
    expect(mergeCounts(full, { ...one, sum: 0 }).sum).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => countsOf([2 ** 27])).toThrow(RangeError);
  });

  it('throws on a fraction and on what is not a number', () => {
    expect(() => countsOf([0.5])).toThrow(RangeError);
    expect(() => mergeCounts(NO_COUNTS, { n: Number.NaN, sum: 0, sumOfSquares: 0 })).toThrow(RangeError);
    // Two fractions that add up to a whole number are fractions still.
    const half = { n: 1, sum: 0.5, sumOfSquares: 0 };
    expect(() => mergeCounts(half, half)).toThrow(RangeError);
  });
});
