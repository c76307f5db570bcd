/** The gamma and normal distributions against 60-digit values, closed forms and their own laws. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from './distributions.vectors.json' with { type: 'json' };
import { chiSquareQuantile, chiSquareUpperTail, gammaQuantile, gammaTail, type Tail } from './gamma-distribution.ts';
import { normalQuantile } from './normal-distribution.ts';

const asTail = (word: string): Tail => (word === 'lower' ? 'lower' : 'upper');
const relativeError = (actual: number, wanted: number) => Math.abs(actual - wanted) / Math.abs(wanted);

describe('the chi-square quantile', () => {
  it('agrees with 60-digit values to 1e-12, for df 0.01 to 1e6 and tails from 1e-6', () => {
    expect(vectors.chiSquareQuantiles.length).toBeGreaterThan(150);
    for (const { df, tail, probability, quantile } of vectors.chiSquareQuantiles) {
      const actual = chiSquareQuantile({ df, tail: asTail(tail), probability });
      expect(relativeError(actual, quantile), `df ${df}, ${tail} ${probability}`).toBeLessThan(1e-12);
    }
  });

  it('has the closed form -2 ln p for two degrees of freedom, far into the tail', () => {
    for (const probability of [0.9, 0.5, 0.025, 1e-6, 1e-100, 1e-300]) {
      const actual = chiSquareQuantile({ df: 2, tail: 'upper', probability });
      expect(relativeError(actual, -2 * Math.log(probability))).toBeLessThan(1e-13);
    }
  });

  it('goes back through the tail probability, for any real shape', () => {
    const shape = fc.double({ min: Math.log(0.005), max: Math.log(5e5), noNaN: true }).map(Math.exp);
    const probability = fc.double({ min: Math.log(1e-6), max: Math.log(0.999), noNaN: true }).map(Math.exp);
    fc.assert(
      fc.property(shape, probability, fc.constantFrom<Tail>('lower', 'upper'), (a, p, tail) => {
        const x = gammaQuantile({ shape: a, tail, probability: p });
        fc.pre(x > 1e-300);
        expect(relativeError(gammaTail({ shape: a, tail, x }), p)).toBeLessThan(1e-10);
      }),
      { numRuns: 300 },
    );
  });

  it('reaches the ends of the distribution', () => {
    expect(gammaQuantile({ shape: 3, tail: 'lower', probability: 0 })).toBe(0);
    expect(gammaQuantile({ shape: 3, tail: 'upper', probability: 1 })).toBe(0);
    expect(gammaQuantile({ shape: 3, tail: 'lower', probability: 1 })).toBe(Number.POSITIVE_INFINITY);
    expect(gammaQuantile({ shape: 3, tail: 'upper', probability: 0 })).toBe(Number.POSITIVE_INFINITY);
  });

  it('refuses what is no shape and no probability', () => {
    for (const shape of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1.1e10]) {
      expect(() => gammaQuantile({ shape, tail: 'lower', probability: 0.5 })).toThrow(RangeError);
      expect(() => gammaTail({ shape, tail: 'lower', x: 1 })).toThrow(RangeError);
    }
    for (const probability of [-0.1, 1.1, Number.NaN]) {
      expect(() => gammaQuantile({ shape: 1, tail: 'lower', probability })).toThrow(RangeError);
    }
  });

  it('answers at the greatest shape it takes within a second', () => {
    const started = performance.now();
    const x = gammaQuantile({ shape: 1e10, tail: 'lower', probability: 0.025 });
    expect(performance.now() - started).toBeLessThan(1000);
    expect(relativeError(x, 1e10 - 1.959963984540054 * 1e5)).toBeLessThan(1e-9);
  });
});

describe('the gamma tail', () => {
  it('agrees with 60-digit values on both sides', () => {
    for (const { shape, x, lower, upper } of vectors.gammaTails) {
      expect(relativeError(gammaTail({ shape, tail: 'lower', x }), lower), `P(${shape}, ${x})`).toBeLessThan(1e-11);
      expect(relativeError(gammaTail({ shape, tail: 'upper', x }), upper), `Q(${shape}, ${x})`).toBeLessThan(1e-11);
    }
  });

  it('is e^-x for shape one, where 1 - P would already be zero', () => {
    for (const x of [0.01, 1, 1.999, 2.001, 40, 700]) {
      expect(relativeError(gammaTail({ shape: 1, tail: 'upper', x }), Math.exp(-x))).toBeLessThan(1e-13);
    }
  });

  it('obeys the recurrence P(a, x) = P(a+1, x) + x^a e^-x / Gamma(a+1) at whole shapes', () => {
    let factorial = 1;
    for (let a = 1; a <= 20; a += 1) {
      factorial *= a;
      for (const x of [0.5, 3, a, a + 1, 25]) {
        const mass = (x ** a * Math.exp(-x)) / factorial;
        const above = gammaTail({ shape: a + 1, tail: 'lower', x });
        expect(relativeError(gammaTail({ shape: a, tail: 'lower', x }), above + mass)).toBeLessThan(1e-13);
      }
    }
  });

  it('starts at nothing below zero and ends with everything below infinity', () => {
    expect(gammaTail({ shape: 2, tail: 'lower', x: 0 })).toBe(0);
    expect(gammaTail({ shape: 2, tail: 'upper', x: 0 })).toBe(1);
    expect(gammaTail({ shape: 2, tail: 'lower', x: Number.POSITIVE_INFINITY })).toBe(1);
    expect(gammaTail({ shape: 2, tail: 'upper', x: Number.POSITIVE_INFINITY })).toBe(0);
    expect(() => gammaTail({ shape: 2, tail: 'upper', x: -1 })).toThrow(RangeError);
    expect(() => gammaTail({ shape: 2, tail: 'upper', x: Number.NaN })).toThrow(RangeError);
  });

  it('gives the p-value of a chi-square statistic', () => {
    // Log-rank of colon by rx in R's survival: 11.6831 on 2 df has p = 0.002904; with 2 df, p = e^(-x/2).
    expect(relativeError(chiSquareUpperTail({ df: 2, x: 11.6831 }), Math.exp(-11.6831 / 2))).toBeLessThan(1e-13);
    expect(chiSquareUpperTail({ df: 1, x: 3.841458820694124 })).toBeCloseTo(0.05, 14);
  });
});

describe('the normal quantile', () => {
  it('agrees with 60-digit values', () => {
    for (const { probability, quantile } of vectors.normalQuantiles) {
      const error = Math.abs(normalQuantile(probability) - quantile);
      expect(error, `p ${probability}`).toBeLessThan(1e-13 * Math.max(1, Math.abs(quantile)));
    }
  });

  it('is antisymmetric about one half', () => {
    // p and 1 - p are both exact for multiples of 2^-20.
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 20 - 1 }), (n) => {
        expect(normalQuantile(n / 2 ** 20) + normalQuantile(1 - n / 2 ** 20)).toBe(0);
      }),
    );
  });

  it('runs from minus to plus infinity and refuses what is no probability', () => {
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
    expect(() => normalQuantile(1.01)).toThrow(RangeError);
    expect(() => normalQuantile(Number.NaN)).toThrow(RangeError);
  });
});
