/** Rounding to few digits, outward for limits. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { significant, significantAbove, significantBelow } from './rounding.ts';

const positive = fc.double({ min: 1e-12, max: 1e12, noNaN: true });
const digitsOf = (x: number) => x.toExponential().replace(/e.*|[.-]/g, '').length;

describe('rounding to significant digits', () => {
  test('keeps four digits of a rate', () => {
    expect(significant(123.456, 4)).toBe(123.5);
    expect(significant(0, 4)).toBe(0);
    fc.assert(fc.property(positive, (x) => digitsOf(significant(x, 4)) <= 4));
  });

  test('goes outward for limits, also across a power of ten', () => {
    expect([significantBelow(9.96, 2), significantAbove(9.96, 2)]).toEqual([9.9, 10]);
    expect([significantBelow(101, 2), significantAbove(101, 2)]).toEqual([100, 110]);
    expect([significantBelow(0.00123, 2), significantAbove(0.00123, 2)]).toEqual([0.0012, 0.0013]);
    expect([significantBelow(0, 2), significantAbove(0, 2)]).toEqual([0, 0]);
  });

  test('never cuts into an interval, never widens it by more than a step, and needs two digits', () => {
    fc.assert(
      fc.property(positive, (x) => {
        const [below, above] = [significantBelow(x, 2), significantAbove(x, 2)];
        expect(below).toBeLessThanOrEqual(x);
        expect(above).toBeGreaterThanOrEqual(x);
        expect(above - below).toBeLessThanOrEqual(0.1001 * x);
        expect(Math.max(digitsOf(below), digitsOf(above))).toBeLessThanOrEqual(2);
      }),
    );
  });
});
