/** A proportion of persons or cases, with Wilson's score limits, which stay within 0 to 1 and hold for small numbers. */
import { DEFAULT_LEVEL, type Interval, scoreOf } from './interval.ts';
import { requireCount, requirePositive } from './preconditions.ts';

export interface ProportionInput {
  /** A whole number, at most `total`. */
  readonly count: number;
  /** A whole number above 0: who could have been counted (for stage shares, the staged cases). */
  readonly total: number;
  readonly level?: number;
}

export interface Proportion extends Interval {
  readonly proportion: number;
}

/**
 * The proportion and its limits, from 0 to 1. Throws a RangeError on inputs out of range.
 * Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927); method 3 of R. G. Newcombe, Statistics in Medicine 17 (1998).
 */
export function proportion({ count, total, level = DEFAULT_LEVEL }: ProportionInput): Proportion {
  requireCount('count', count);
  requireCount('total', total);
  requirePositive('total', total);
  if (count > total) throw new RangeError('count must be at most total');
  const share = count / total;
  const z2 = scoreOf(level) ** 2;
  const centre = share + z2 / (2 * total);
  const margin = Math.sqrt(z2 * ((share * (1 - share)) / total + z2 / (4 * total * total)));
  return {
    proportion: share,
    // The smaller root by Vieta's rule: centre - margin would cancel, and miss 0 by a rounding error.
    lower: share ** 2 / (centre + margin),
    upper: count === total ? 1 : (centre + margin) / (1 + z2 / total),
  };
}
