/** Wilson's interval against Newcombe's published values and the equation that defines it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoreOf } from './interval.ts';
import { proportion } from './proportion.ts';

const shareOf = fc
  .tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.nat())
  .map(([total, some]) => ({ total, count: some % (total + 1) }));

describe('a proportion', () => {
  it('has the score limits of Newcombe 1998, table I', () => {
    const published = [
      { count: 81, total: 263, limits: [0.2553, 0.3662] },
      { count: 15, total: 148, limits: [0.0624, 0.1605] },
      { count: 0, total: 20, limits: [0, 0.1611] },
      { count: 1, total: 29, limits: [0.0061, 0.1718] },
    ];
    for (const { count, total, limits } of published) {
      const { lower, upper } = proportion({ count, total });
      expect([lower, upper].map((limit) => Number(limit.toFixed(4)))).toEqual(limits);
    }
  });

  it('ends where the score test at that level would just reject', () => {
    fc.assert(
      fc.property(shareOf, fc.constantFrom(0.9, 0.95, 0.99), ({ count, total }, level) => {
        const found = proportion({ count, total, level });
        const z2 = scoreOf(level) ** 2;
        for (const limit of [found.lower, found.upper]) {
          const squaredDistance = (found.proportion - limit) ** 2 * total;
          expect(Math.abs(squaredDistance - z2 * limit * (1 - limit))).toBeLessThan(1e-10);
        }
      }),
    );
  });

  it('lies within its limits, and they within 0 and 1', () => {
    fc.assert(
      fc.property(shareOf, (input) => {
        const found = proportion(input);
        expect(found.lower).toBeGreaterThanOrEqual(0);
        expect(found.upper).toBeLessThanOrEqual(1);
        expect(found.lower).toBeLessThanOrEqual(found.proportion);
        expect(found.upper).toBeGreaterThanOrEqual(found.proportion);
      }),
    );
  });

  it('mirrors the proportion of all others', () => {
    fc.assert(
      fc.property(shareOf, ({ count, total }) => {
        const these = proportion({ count, total });
        const others = proportion({ count: total - count, total });
        expect(these.lower).toBeCloseTo(1 - others.upper, 12);
      }),
    );
  });

  it('has exact ends when nobody or everybody counts', () => {
    expect(proportion({ count: 0, total: 7 }).lower).toBe(0);
    expect(proportion({ count: 7, total: 7 }).upper).toBe(1);
  });

  it('refuses more than all, an empty total, fractions and levels that are none', () => {
    expect(() => proportion({ count: 3, total: 2 })).toThrow(RangeError);
    expect(() => proportion({ count: 0, total: 0 })).toThrow(RangeError);
    expect(() => proportion({ count: 1.5, total: 2 })).toThrow(RangeError);
    expect(() => proportion({ count: -1, total: 2 })).toThrow(RangeError);
    for (const level of [0, 1, 95, Number.NaN])
      expect(() => proportion({ count: 1, total: 2, level })).toThrow(RangeError);
  });
});
