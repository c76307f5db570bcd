/** Confidence intervals: their shape, their level, and what a level leaves in each tail. */
import { normalQuantile } from './normal-distribution.ts';

/** Two-sided limits, in the unit of the estimate that they surround. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

export const DEFAULT_LEVEL = 0.95;

/** The probability beyond each limit, (1 - level) / 2. Throws a RangeError unless 0 < level < 1. */
export function tailOf(level: number): number {
  if (!(level > 0 && level < 1)) throw new RangeError('level must lie strictly between 0 and 1');
  return (1 - level) / 2;
}

/** The standard normal score with `level` of the distribution between -z and z: 1.96 for 0.95. */
export function scoreOf(level: number): number {
  return -normalQuantile(tailOf(level));
}
