/** What a rate stands on: the populations that travelled here, the standard's weights, and what of them must stay the same. */
import {
  canonicalText,
  contentHash,
  type PlanAggregate,
  type Population,
  type RateBasis,
  standardWeights,
  travellingPopulation,
} from '@revier/core';
import { AppError, type TableMeasure } from '@revier/schema';
import type { Covered } from '../ports.ts';
import type { VerifiedFacts } from './gate.ts';
import { strataMidAges } from './mid-ages.ts';

/** By the place of the measure in the table. */
export type RateBases = ReadonlyMap<number, RateBasis>;

type DirectRateMeasure = Extract<TableMeasure, { kind: 'direct-rate' }>;

/** @throws AppError INTERNAL for a rate that no measure of the plan explains */
export function rateBases({ own, vocabulary, plan, parts, covered }: VerifiedFacts): RateBases {
  const bases = new Map<number, RateBasis>();
  own.table.measures.forEach((measure, at) => {
    if (measure.kind !== 'direct-rate') return;
    const aggregate = populationOf(plan.measures, measure);
    bases.set(at, {
      population: travellingPopulation({ vocabulary, task: own, parts, covered }, aggregate, measure.over),
      weights: standardWeights(vocabulary, measure.standard),
      strataMidAges: strataMidAges(own, vocabulary, measure.over),
    });
  });
  return bases;
}

function populationOf(measures: VerifiedFacts['plan']['measures'], measure: DirectRateMeasure): PlanAggregate {
  const wanted = canonicalText(measure);
  for (const planned of measures)
    if (planned.kind === 'direct-rate' && canonicalText(planned.measure) === wanted) return planned.population;
  throw new AppError('INTERNAL', { detail: 'A rate came without its population.' });
}

/**
 * What sticks with the first answer of an epoch: areas and years, and below a rate its populations too, since other weights
 * over the same records would be a second weighted sum of them (disclosure.md 2.4).
 */
export function coverageDigest({ own, covered }: VerifiedFacts, rates: RateBases): Covered | null {
  if (own.table.coverage.length === 0) return null;
  const areas = covered && { level: covered.level, areas: [...covered.areas].sort(), years: covered.years };
  const populations = [...rates.values()].map(({ population }) => rowsOf(population));
  return {
    dataset: own.dataset.id,
    epoch: own.dataset.epoch,
    table: own.tableHash,
    digest: contentHash({ areas, populations }),
  };
}

/** In an order that does not depend on how the figures arrived. */
const rowsOf = ({ keys, stratum, persons }: Population): string[] =>
  Array.from(persons, (count, i) => [...keys.map((column) => column[i]), stratum[i], count].join(',')).sort();
