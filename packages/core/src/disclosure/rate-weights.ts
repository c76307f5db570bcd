/** What one event of each stratum adds to a directly standardised rate, from public figures alone, and when these may be used at all. */
import { TOTAL } from '@revier/schema';
import type { CellGrid } from './cell-grid.ts';
import type { Population, RateBasis } from './disclosure-input.ts';

/** Weights of one cell, in the unit of the rate. */
export interface RateWeights {
  /** k_j = per * w_j / n_j by stratum number, with w_j scaled to sum to 1; strata that carry no weight are not listed. */
  readonly ofEvent: ReadonlyMap<number, number>;
  /** n_j by stratum number. */
  readonly population: ReadonlyMap<number, number>;
  readonly max: number;
  /** The mean weight of an event that the public model expects. */
  readonly expected: number;
}

/** Why a cell has no rate, known before any record is read. */
export type NoWeights = 'notCollected' | 'withheld';

const MAX_POPULATION = 1e9;
/** No stratum may count for more than this many times its share of the population; registered standards reach 3.1 in the districts of NRW. */
const MAX_LEVERAGE = 5;

/**
 * Weights of every cell of the grid, margins over the sum of the populations below them. All of it is public, so neither
 * `notCollected` (a stratum with weight has no population) nor `withheld` says anything about a record.
 */
export function rateWeights(basis: RateBasis, per: number, grid: CellGrid): readonly (RateWeights | NoWeights)[] {
  const strata = weightedStrata(basis);
  return populationsByCell(basis.population, grid).map((population) => weightsOf(strata, population, per));
}

interface Stratum {
  readonly number: number;
  /** Share of the standard; all shares sum to 1. */
  readonly share: number;
  /** Expected incidence, in any unit. */
  readonly incidence: number;
}

/**
 * Incidence grows with about the fifth power of age for most cancers: P. Armitage & R. Doll, The age distribution of cancer and a
 * multi-stage theory of carcinogenesis, British Journal of Cancer 8 (1954). Where strata are not ages it is taken as equal.
 */
function weightedStrata({ weights, strataMidAges }: RateBasis): readonly Stratum[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return weights
    .map((weight, number) => ({
      number,
      share: weight / whole,
      incidence: strataMidAges === null ? 1 : (strataMidAges[number] ?? 0) ** 5,
    }))
    .filter(({ share }) => share > 0);
}

/** Persons by stratum, for each cell. Areas that do not count, and other codes that the table does not show, stay outside. */
function populationsByCell(population: Population, grid: CellGrid): readonly ReadonlyMap<number, number>[] {
  const byCell = Array.from({ length: grid.size }, () => new Map<number, number>());
  population.persons.forEach((persons, i) => {
    const base = grid.find(population.keys, i);
    if (base === undefined) return;
    const stratum = population.stratum[i] ?? -1;
    for (const cell of grid.containing(base).filter((cell) => countsOnce(population, grid, cell, base))) {
      byCell[cell]?.set(stratum, (byCell[cell]?.get(stratum) ?? 0) + persons);
    }
  });
  return byCell;
}

/** Of a population that stands under every code of a dimension, only that under the first goes into the total. */
const countsOnce = ({ repeatedAlong = [] }: Population, grid: CellGrid, cell: number, base: number): boolean =>
  repeatedAlong.every((d) => grid.keys[d]?.[cell] !== TOTAL || grid.keys[d]?.[base] === grid.keys[d]?.[0]);

function weightsOf(
  strata: readonly Stratum[],
  populations: ReadonlyMap<number, number>,
  per: number,
): RateWeights | NoWeights {
  // Whether or not there are events: a population set to 0 would otherwise ask just that.
  if (strata.length === 0 || strata.some(({ number }) => (populations.get(number) ?? 0) === 0)) return 'notCollected';
  const terms = strata.map((stratum) => {
    const population = populations.get(stratum.number) ?? 0;
    return { ...stratum, population, weight: (per * stratum.share) / population };
  });
  if (!terms.every(({ population }) => isPlausible(population)) || !isBalanced(terms, per)) return 'withheld';
  return {
    ofEvent: new Map(terms.map(({ number, weight }) => [number, weight])),
    population: new Map(terms.map(({ number, population }) => [number, population])),
    max: Math.max(...terms.map(({ weight }) => weight)),
    expected: expectedWeight(terms),
  };
}

interface Term extends Stratum {
  readonly population: number;
  readonly weight: number;
}

const isPlausible = (population: number): boolean =>
  Number.isInteger(population) && population > 0 && population <= MAX_POPULATION;

/**
 * A denominator chosen to single a stratum out, n_j = 1 say, lets one of its events outweigh all others and the noise (attack A23).
 * Judged on public figures only, since a rule that looked at the events would tell by itself whether there are any: an event of no
 * stratum may weigh more than five times what it would in a crude rate.
 */
function isBalanced(terms: readonly Term[], per: number): boolean {
  const persons = terms.reduce((sum, { population }) => sum + population, 0);
  return terms.every(({ weight }) => weight * persons <= MAX_LEVERAGE * per);
}

/** sum k^2 n phi / sum k n phi: the mean weight of the events that incidences phi let expect. */
function expectedWeight(terms: readonly Term[]): number {
  const events = terms.map(({ weight, population, incidence }) => weight * population * incidence);
  const squares = terms.reduce((sum, { weight }, i) => sum + weight * (events[i] ?? 0), 0);
  return squares / events.reduce((sum, part) => sum + part, 0);
}
