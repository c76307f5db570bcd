/** Indirect standardisation: the standardised mortality or incidence ratio, observed over expected. */
import { DEFAULT_LEVEL, type Interval } from './interval.ts';
import { type CountInterval, poissonLimits } from './poisson-limits.ts';
import { requireCount, requirePositive } from './preconditions.ts';

export interface StandardisedRatioInput {
  /** A whole number of events. */
  readonly observed: number;
  /** Events expected at the reference rates, above 0; taken as known. */
  readonly expected: number;
  readonly level?: number;
  readonly interval?: CountInterval;
}

export interface StandardisedRatio extends Interval {
  readonly ratio: number;
}

/** SMR or SIR with its limits; 1 means as many events as expected. Throws a RangeError on inputs out of range. */
export function standardisedRatio(input: StandardisedRatioInput): StandardisedRatio {
  const { observed, expected, level = DEFAULT_LEVEL, interval } = input;
  requireCount('observed', observed);
  requirePositive('expected', expected);
  const limits = poissonLimits(observed, interval, level);
  return { ratio: observed / expected, lower: limits.lower / expected, upper: limits.upper / expected };
}
