/** The statistics that other rooms may use: mergeable partials, rates, ratios, proportions and the distributions behind them. */
export { type CrudeRate, type CrudeRateInput, crudeRate } from './crude-rate.ts';
export {
  type DirectInterval,
  type DirectRate,
  type DirectRateInput,
  directRate,
  type RateStratum,
} from './direct-rate.ts';
export { type FeuerInput, feuerLimits } from './feuer-limits.ts';
export { chiSquareQuantile, chiSquareUpperTail, gammaQuantile, gammaTail, type Tail } from './gamma-distribution.ts';
export type { Interval } from './interval.ts';
export { normalQuantile } from './normal-distribution.ts';
export { type Counts, countsOf, mergeCounts, NO_COUNTS } from './partial.ts';
export { type CountInterval, poissonLimits, poissonPValue } from './poisson-limits.ts';
export { type Proportion, type ProportionInput, proportion } from './proportion.ts';
export { type StandardisedRatio, type StandardisedRatioInput, standardisedRatio } from './standardised-ratio.ts';
