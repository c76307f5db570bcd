/** The crude rate: events over population, not adjusted for age, with limits of the Poisson count of events. */
import { DEFAULT_LEVEL, type Interval } from './interval.ts';
import { type CountInterval, poissonLimits } from './poisson-limits.ts';
import { requireCount, requirePositive } from './preconditions.ts';

export interface CrudeRateInput {
  /** A whole number of events. */
  readonly events: number;
  /** Persons or person-years, above 0. */
  readonly population: number;
  /** The multiplier of the rate: 100,000 gives events per 100,000. */
  readonly per: number;
  readonly level?: number;
  readonly interval?: CountInterval;
}

export interface CrudeRate extends Interval {
  readonly rate: number;
}

/** The crude rate and its limits, per `per`. Throws a RangeError on inputs out of range. */
export function crudeRate({ events, population, per, level = DEFAULT_LEVEL, interval }: CrudeRateInput): CrudeRate {
  requireCount('events', events);
  requirePositive('population', population);
  requirePositive('per', per);
  const limits = poissonLimits(events, interval, level);
  return {
    rate: (events / population) * per,
    lower: (limits.lower / population) * per,
    upper: (limits.upper / population) * per,
  };
}
