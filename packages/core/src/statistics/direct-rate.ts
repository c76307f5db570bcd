/** Direct standardisation: what the rate would be in a population with the age structure of the standard. */
import { feuerLimits, gammaLimits } from './feuer-limits.ts';
import { DEFAULT_LEVEL, type Interval, scoreOf } from './interval.ts';
import { orderlessSum } from './orderless-sum.ts';
import { type CountInterval, poissonLimits } from './poisson-limits.ts';
import { requireCount, requireNonNegative, requirePositive } from './preconditions.ts';

export interface RateStratum {
  /** A whole number of events. */
  readonly events: number;
  /** Persons or person-years, above 0 where the weight is. */
  readonly population: number;
  /** The stratum's share of the standard population, in any unit: weights are scaled to sum to 1. */
  readonly weight: number;
}

/** `dobson` stands on the exact limits of the total count, `dobson-byar` on Byar's. */
export type DirectInterval = 'normal' | 'fay-feuer' | 'tiwari' | 'dobson' | 'dobson-byar';

export interface DirectRateInput {
  readonly strata: readonly RateStratum[];
  /** The multiplier of the rate: 100,000 gives events per 100,000. */
  readonly per: number;
  readonly level?: number;
  readonly interval?: DirectInterval;
}

/** Rate, limits and greatest weight of one event in the unit of `per`; the variance in its square. */
export interface DirectRate extends Interval {
  readonly rate: number;
  readonly variance: number;
  readonly maxWeight: number;
  /** Events in the strata that carry weight. */
  readonly events: number;
}

/** The rate before its limits: r = sum k d, v = sum k^2 d, where one event of a stratum adds k = per * weight / population. */
interface Weighted {
  readonly rate: number;
  readonly variance: number;
  readonly maxWeight: number;
  readonly events: number;
  readonly eventWeights: readonly number[];
}

/**
 * The directly standardised rate, the same to the last bit in whatever order the strata come. Strata without weight (a rate truncated
 * to some ages) do not count. Throws a RangeError on inputs out of range, or when no stratum carries weight.
 */
export function directRate(input: DirectRateInput): DirectRate {
  const { strata, per, level = DEFAULT_LEVEL, interval = 'fay-feuer' } = input;
  requirePositive('per', per);
  for (const { weight } of strata) requireNonNegative('weight', weight);
  const weighted = weigh(
    strata.filter(({ weight }) => weight > 0),
    per,
  );
  const { rate, variance, maxWeight, events } = weighted;
  return { rate, ...limitsOf(weighted, interval, level), variance, maxWeight, events };
}

function weigh(strata: readonly RateStratum[], per: number): Weighted {
  const totalWeight = orderlessSum(strata.map(({ weight }) => weight));
  requirePositive('sum of weights', totalWeight);
  const terms = strata.map(({ events, population, weight }) => {
    requireCount('events', events);
    requirePositive('population of a stratum with weight', population);
    return { events, k: ((weight / totalWeight) * per) / population };
  });
  const events = terms.reduce((sum, term) => sum + term.events, 0);
  requireCount('sum of events', events);
  return {
    rate: orderlessSum(terms.map((term) => term.k * term.events)),
    variance: orderlessSum(terms.map((term) => term.k ** 2 * term.events)),
    maxWeight: terms.reduce((greatest, term) => Math.max(greatest, term.k), 0),
    events,
    eventWeights: terms.map((term) => term.k),
  };
}

function limitsOf(weighted: Weighted, interval: DirectInterval, level: number): Interval {
  const { rate, variance, maxWeight, events } = weighted;
  if (interval === 'tiwari') return tiwari(weighted, level);
  // Normal and Dobson limits have no width without events and would claim certainty; the gamma limits stand in.
  if (interval === 'fay-feuer' || events === 0) return feuerLimits({ rate, variance, maxWeight, level });
  if (interval === 'normal') return normal(weighted, level);
  return dobson(weighted, interval === 'dobson' ? 'garwood' : 'byar', level);
}

/** A rate is never negative, so neither is its limit. */
function normal({ rate, variance }: Weighted, level: number): Interval {
  const margin = scoreOf(level) * Math.sqrt(variance);
  return { lower: Math.max(0, rate - margin), upper: rate + margin };
}

function tiwari({ rate, variance, eventWeights }: Weighted, level: number): Interval {
  const weight = orderlessSum(eventWeights) / eventWeights.length;
  const squaredWeight = orderlessSum(eventWeights.map((k) => k ** 2)) / eventWeights.length;
  return gammaLimits({ rate, variance, weight, squaredWeight, level });
}

/** A. J. Dobson et al., Confidence intervals for weighted sums of Poisson parameters, Statistics in Medicine 10 (1991). */
function dobson({ rate, variance, events }: Weighted, method: CountInterval, level: number): Interval {
  const count = poissonLimits(events, method, level);
  const spread = Math.sqrt(variance / events);
  return { lower: Math.max(0, rate + spread * (count.lower - events)), upper: rate + spread * (count.upper - events) };
}
