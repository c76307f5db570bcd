/** The gamma limits of a weighted sum of Poisson counts, from the rate, its variance and one public weight. */
import { chiSquareQuantile } from './gamma-distribution.ts';
import { DEFAULT_LEVEL, type Interval, tailOf } from './interval.ts';
import { requireNonNegative, requirePositive } from './preconditions.ts';

export interface FeuerInput {
  /** The directly standardised rate, at least 0. */
  readonly rate: number;
  /** Its variance, in the square of the rate's unit: estimated, or from a model; above 0 wherever the rate is. */
  readonly variance: number;
  /** The greatest weight of one event, in the rate's unit, above 0. */
  readonly maxWeight: number;
  readonly level?: number;
}

/**
 * Limits in the unit of `rate`; no single stratum is needed, so released and public values suffice. Throws a RangeError on inputs out of range.
 * Source: M. P. Fay & E. J. Feuer, Confidence intervals for directly standardized rates, Statistics in Medicine 16 (1997).
 */
export function feuerLimits({ rate, variance, maxWeight, level = DEFAULT_LEVEL }: FeuerInput): Interval {
  requirePositive('maxWeight', maxWeight);
  return gammaLimits({ rate, variance, weight: maxWeight, squaredWeight: maxWeight ** 2, level });
}

/**
 * The family behind the published intervals: the upper limit allows for one more event, of `weight` and `squaredWeight`.
 * Fay & Feuer take the greatest weight; R. C. Tiwari et al., Statistical Methods in Medical Research 15 (2006), the means.
 */
export function gammaLimits(input: {
  rate: number;
  variance: number;
  weight: number;
  squaredWeight: number;
  level: number;
}): Interval {
  const { rate, variance, weight, squaredWeight, level } = input;
  requireNonNegative('rate', rate);
  requireNonNegative('variance', variance);
  if (rate > 0) requirePositive('variance of a rate above 0', variance);
  const probability = tailOf(level);
  return {
    lower: rate === 0 ? 0 : momentQuantile(rate, variance, 'lower', probability),
    upper: momentQuantile(rate + weight, variance + squaredWeight, 'upper', probability),
  };
}

/** The quantile of the gamma distribution with this mean and variance, as a scaled chi-square. */
function momentQuantile(mean: number, variance: number, tail: 'lower' | 'upper', probability: number): number {
  const df = (2 * mean * mean) / variance;
  return (variance / (2 * mean)) * chiSquareQuantile({ df, tail, probability });
}
