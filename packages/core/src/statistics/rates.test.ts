/** Crude rates and standardised ratios: the laws of their limits and the edges of their inputs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crudeRate } from './crude-rate.ts';
import { gammaTail } from './gamma-distribution.ts';
import { poissonLimits, poissonPValue } from './poisson-limits.ts';
import { standardisedRatio } from './standardised-ratio.ts';

const count = fc.integer({ min: 0, max: 100_000 });

/** P(X <= most) for a Poisson variable, term by term. */
function poissonAtMost(most: number, mean: number): number {
  let term = Math.exp(-mean);
  let sum = term;
  for (let k = 1; k <= most; k += 1) {
    term *= mean / k;
    sum += term;
  }
  return sum;
}

describe('the limits of a count', () => {
  it('are exact: at each of them the Poisson tail, added term by term, is 2.5 per cent', () => {
    for (const observed of [1, 2, 5, 17, 60, 200]) {
      const { lower, upper } = poissonLimits(observed);
      expect(1 - poissonAtMost(observed - 1, lower)).toBeCloseTo(0.025, 12);
      expect(poissonAtMost(observed, upper)).toBeCloseTo(0.025, 12);
    }
  });

  it('surround the count and widen with the level, by either method', () => {
    fc.assert(
      fc.property(count, fc.constantFrom('garwood' as const, 'byar' as const), (observed, interval) => {
        const usual = poissonLimits(observed, interval, 0.95);
        const wide = poissonLimits(observed, interval, 0.99);
        expect(usual.lower).toBeLessThanOrEqual(observed);
        expect(usual.upper).toBeGreaterThan(observed);
        expect(wide.lower).toBeLessThanOrEqual(usual.lower);
        expect(wide.upper).toBeGreaterThan(usual.upper);
      }),
    );
  });

  it('by Byar come within one per cent of the exact ones from ten events on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 100_000 }), (observed) => {
        const exact = poissonLimits(observed, 'garwood');
        const byar = poissonLimits(observed, 'byar');
        expect(byar.lower / exact.lower).toBeCloseTo(1, 2);
        expect(byar.upper / exact.upper).toBeCloseTo(1, 2);
      }),
    );
  });

  it('never fall below zero, also where the formula of Byar would', () => {
    expect(poissonLimits(1, 'byar', 0.9999).lower).toBe(0);
    expect(poissonLimits(0, 'byar').lower).toBe(0);
    expect(poissonLimits(0, 'garwood').lower).toBe(0);
  });

  it('without events end at -ln 0.025', () => {
    expect(poissonLimits(0).upper).toBeCloseTo(-Math.log(0.025), 14);
  });

  it('refuse fractions, negatives and levels that are none', () => {
    for (const bad of [-1, 0.5, Number.NaN, 2 ** 53]) expect(() => poissonLimits(bad)).toThrow(RangeError);
    for (const level of [0, 1, -1, Number.NaN]) expect(() => poissonLimits(5, 'garwood', level)).toThrow(RangeError);
  });
});

describe('the exact p-value of a count', () => {
  it('is twice the smaller tail and never more than one', () => {
    expect(poissonPValue(3, 8)).toBeCloseTo(2 * poissonAtMost(3, 8), 13);
    expect(poissonPValue(8, 8)).toBe(1);
    expect(poissonPValue(0, 2.5)).toBeCloseTo(2 * Math.exp(-2.5), 14);
  });

  it('is the error level at which the exact limits touch the expected count', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0.5, max: 0.999, noNaN: true }), (o, level) => {
        const { lower, upper } = poissonLimits(o, 'garwood', level);
        expect(poissonPValue(o, lower)).toBeCloseTo(1 - level, 9);
        expect(poissonPValue(o, upper)).toBeCloseTo(1 - level, 9);
      }),
    );
  });
});

describe('a crude rate', () => {
  it('is events over population, per the unit asked for', () => {
    expect(crudeRate({ events: 25, population: 50_000, per: 100_000 }).rate).toBe(50);
  });

  it('scales with its unit, limits and all', () => {
    const one = crudeRate({ events: 7, population: 1234.5, per: 1 });
    const many = crudeRate({ events: 7, population: 1234.5, per: 1000 });
    for (const part of ['rate', 'lower', 'upper'] as const) expect(many[part] / one[part]).toBeCloseTo(1000, 9);
  });

  it('refuses an empty population and a unit that is none', () => {
    expect(() => crudeRate({ events: 1, population: 0, per: 1 })).toThrow(RangeError);
    expect(() => crudeRate({ events: 1, population: Number.POSITIVE_INFINITY, per: 1 })).toThrow(RangeError);
    expect(() => crudeRate({ events: 1, population: 10, per: 0 })).toThrow(RangeError);
  });

  it('names no value in its refusal, since values may be counts of persons', () => {
    expect(() => crudeRate({ events: 3.25, population: 10, per: 1 })).toThrow(/^events must be a whole number/);
    expect(() => crudeRate({ events: 3.25, population: 10, per: 1 })).not.toThrow(/3\.25/);
  });
});

describe('a standardised ratio', () => {
  it('is observed over expected, inside limits at which the exact tails are 2.5 per cent', () => {
    const { ratio, lower, upper } = standardisedRatio({ observed: 10, expected: 8 });
    expect(ratio).toBe(1.25);
    expect(gammaTail({ shape: 10, tail: 'lower', x: lower * 8 })).toBeCloseTo(0.025, 13);
    expect(gammaTail({ shape: 11, tail: 'upper', x: upper * 8 })).toBeCloseTo(0.025, 13);
  });

  it('refuses to divide by nothing expected', () => {
    expect(() => standardisedRatio({ observed: 1, expected: 0 })).toThrow(RangeError);
  });
});
