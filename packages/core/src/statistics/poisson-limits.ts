/** Confidence limits and p-values of a Poisson count, on which crude rates, SMRs and Dobson's limits stand. */
import { chiSquareQuantile, gammaTail } from './gamma-distribution.ts';
import { DEFAULT_LEVEL, type Interval, scoreOf, tailOf } from './interval.ts';
import { requireCount, requirePositive } from './preconditions.ts';

/** Garwood's limits are exact; Byar's approximate them closely and are what health reports often print. */
export type CountInterval = 'garwood' | 'byar';

/** The limits of the expected count, given the observed one. Throws a RangeError unless `count` is a whole number. */
export function poissonLimits(
  count: number,
  interval: CountInterval = 'garwood',
  level: number = DEFAULT_LEVEL,
): Interval {
  requireCount('count', count);
  return interval === 'garwood' ? garwood(count, tailOf(level)) : byar(count, scoreOf(level));
}

/** F. Garwood, Fiducial limits for the Poisson distribution, Biometrika 28 (1936). */
function garwood(count: number, probability: number): Interval {
  return {
    lower: count === 0 ? 0 : chiSquareQuantile({ df: 2 * count, tail: 'lower', probability }) / 2,
    upper: chiSquareQuantile({ df: 2 * count + 2, tail: 'upper', probability }) / 2,
  };
}

/** N. E. Breslow & N. E. Day, Statistical Methods in Cancer Research II (IARC 1987), eq. 2.13. */
function byar(count: number, z: number): Interval {
  const next = count + 1;
  const lowerRoot = 1 - 1 / (9 * count) - z / (3 * Math.sqrt(count));
  const upperRoot = 1 - 1 / (9 * next) + z / (3 * Math.sqrt(next));
  return { lower: lowerRoot > 0 ? count * lowerRoot ** 3 : 0, upper: next * upperRoot ** 3 };
}

/** The exact two-sided p-value of `observed` against a Poisson mean of `expected`: the smaller tail doubled, at most 1. */
export function poissonPValue(observed: number, expected: number): number {
  requireCount('observed', observed);
  requirePositive('expected', expected);
  const atMost = gammaTail({ shape: observed + 1, tail: 'upper', x: expected });
  const atLeast = observed === 0 ? 1 : gammaTail({ shape: observed, tail: 'lower', x: expected });
  return Math.min(1, 2 * Math.min(atMost, atLeast));
}
