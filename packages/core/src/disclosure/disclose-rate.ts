/** Directly standardised rates in mode L: one noised weighted sum per cell leaves, with limits that rest on nothing but itself. */
import type { TableMeasure } from '@revier/schema';
import { contentHash } from '../query/canonical.ts';
import { feuerLimits } from '../statistics/index.ts';
import type { CellGrid } from './cell-grid.ts';
import { eventClassOf, type RateColumns, rateColumns, statusByte } from './columns.ts';
import type { RateBasis } from './disclosure-input.ts';
import { NOISE_VARIANCE, noiseOf } from './noise.ts';
import { type RateWeights, rateWeights } from './rate-weights.ts';
import type { RawStrata } from './raw-measures.ts';
import { significant, significantAbove, significantBelow } from './rounding.ts';

type RateMeasure = Extract<TableMeasure, { kind: 'direct-rate' }>;

export interface RateDisclosure {
  readonly model: string;
  readonly measure: RateMeasure;
  readonly raw: RawStrata;
  readonly basis: RateBasis;
  readonly grid: CellGrid;
  readonly minCellSize: number;
  readonly noiseKey: Uint8Array;
}

const RATE_DIGITS = 4;
const LIMIT_DIGITS = 2;
/**
 * No stratum may carry more than half of the weight (disclosure.md 2.4), read as its share of the sum k d: beyond it the rate is
 * hardly more than one stratum's count. The share of the standard alone would not see events that all lie in one stratum.
 */
const MAX_SHARE = 0.5;
/** Half the interval over the rate above which nobody should act on it. */
const UNRELIABLE = 0.5;

/**
 * Rate in events per `measure.per`. Of a shown cell leave the rate (4 significant digits), its limits (2, rounded outward) and the
 * class of its number of events; no count, variance or stratum does (disclosure.md 2.4). Margins are further weighted sums with the
 * noise of their own records: a total minus its shown parts carries the noise of all of them.
 *
 * Not done yet: the variance that all rates of a lattice leave for one stratum is a matter of the check at approval (2.5).
 */
export function discloseRate(disclosure: RateDisclosure): RateColumns {
  const { measure, basis, grid } = disclosure;
  const columns = rateColumns(grid.size, 'withheld');
  const strata = strataByCell(disclosure.raw, grid);
  const persons = personsByCell(disclosure.raw, grid);
  const identity = identityOf(disclosure);
  rateWeights(basis, measure.per, grid).forEach((weights, cell) => {
    if (typeof weights === 'string') columns.status[cell] = statusByte(weights);
    else {
      const events = { strata: strata.get(cell) ?? [], persons: persons[cell] ?? 0 };
      show(columns, cell, releasedRate(events, weights, disclosure, identity), weights);
    }
  });
  return columns;
}

/**
 * What makes a weighted sum another one: its unit, standard, strata and denominators. Filter and multiplier stay outside: the same records
 * under the same weights are one sum, however they were asked for, and a second draw for them could be averaged with the first.
 */
function identityOf({ model, measure: { unit, over, standard, denominator } }: RateDisclosure) {
  return contentHash({ model, unit, over, standard, denominator });
}

interface StratumEvents {
  readonly stratum: number;
  readonly events: number;
  readonly persons: number;
  readonly recordKeys: number;
}

function strataByCell(raw: RawStrata, grid: CellGrid): ReadonlyMap<number, readonly StratumEvents[]> {
  const byCell = new Map<number, StratumEvents[]>();
  raw.events.forEach((events, i) => {
    const cell = grid.indexOf(raw.keys, i);
    const entry = {
      stratum: raw.stratum[i] ?? -1,
      events,
      persons: raw.persons[i] ?? 0,
      recordKeys: raw.recordKeys[i] ?? 0,
    };
    byCell.set(cell, [...(byCell.get(cell) ?? []), entry]);
  });
  // A fixed order of summation, so that the same records give the same last bit.
  for (const entries of byCell.values()) entries.sort((a, b) => a.stratum - b.stratum);
  return byCell;
}

function personsByCell({ cells }: RawStrata, grid: CellGrid): Float64Array {
  const persons = new Float64Array(grid.size);
  cells.persons.forEach((distinct, i) => {
    persons[grid.indexOf(cells.keys, i)] = distinct;
  });
  return persons;
}

interface CellEvents {
  readonly strata: readonly StratumEvents[];
  /** Distinct, over all strata. */
  readonly persons: number;
}

/**
 * At least so many distinct persons stand behind the strata that carry weight: as many as in the largest of them, and as
 * many as in the whole cell without those of the others. Exact where every event is in a stratum with weight.
 */
function leastPersons({ strata, persons }: CellEvents, { ofEvent }: RateWeights): number {
  const weighted = strata.filter(({ stratum }) => ofEvent.has(stratum));
  const others = strata.filter(({ stratum }) => !ofEvent.has(stratum));
  const withoutOthers = persons - others.reduce((sum, entry) => sum + entry.persons, 0);
  return Math.max(withoutOthers, ...weighted.map((entry) => entry.persons));
}

interface ReleasedRate {
  readonly rate: number;
  readonly eventClass: number;
}

/** Null wherever the figure is withheld, for whichever reason: all of them look alike. */
function releasedRate(
  cell: CellEvents,
  weights: RateWeights,
  { minCellSize, noiseKey }: RateDisclosure,
  identity: ReturnType<typeof identityOf>,
): ReleasedRate | null {
  const terms = cell.strata
    .filter(({ stratum }) => weights.ofEvent.has(stratum))
    .map((entry) => ({ ...entry, weight: weights.ofEvent.get(entry.stratum) ?? 0 }));
  const sum = terms.reduce((total, { weight, events }) => total + weight * events, 0);
  const squares = terms.reduce((total, { weight, events }) => total + weight ** 2 * events, 0);
  const eventClass = eventClassOf(terms.reduce((total, { events }) => total + events, 0));
  const safe =
    leastPersons(cell, weights) >= minCellSize &&
    // The effective count: as many events of one weight would be as uncertain.
    sum ** 2 >= minCellSize * squares &&
    terms.every(({ weight, events }) => weight * events <= MAX_SHARE * sum) &&
    terms.every(({ stratum, events }) => events <= (weights.population.get(stratum) ?? 0));
  if (!safe || eventClass === null) return null;
  const recordKeys = terms.reduce((total, entry) => (total + entry.recordKeys) % 2 ** 32, 0);
  const noise = noiseOf(noiseKey, identity, recordKeys) * (squares / sum);
  return { rate: significant(Math.max(0, sum + noise), RATE_DIGITS), eventClass };
}

function show(columns: RateColumns, cell: number, released: ReleasedRate | null, weights: RateWeights): void {
  if (released === null) return;
  const { lower, upper } = limitsOf(released.rate, weights);
  const unreliable = upper - lower > 2 * UNRELIABLE * released.rate;
  columns.status[cell] = statusByte(unreliable ? 'unreliable' : 'value');
  columns.rate[cell] = released.rate;
  columns.lower[cell] = lower;
  columns.upper[cell] = upper;
  columns.events[cell] = released.eventClass;
}

/**
 * Gamma limits (Fay & Feuer 1997) of the released rate r with the variance r*m + V*m^2: Poisson events of the mean weight m that
 * public incidences let expect, and the noise. They follow from r and public figures, so they give nothing away beyond r. From
 * the exact variance they would: together with the rate they pinned down the whole age vector in 60 % of runs (disclosure.md 2.4).
 * `unreliable` follows from what is shown as well: half the interval wider than half the rate, about where U.S. Cancer Statistics
 * suppresses for imprecision (fewer than 16 events, a relative standard error of 25 %).
 */
function limitsOf(rate: number, { expected, max }: RateWeights): { lower: number; upper: number } {
  const variance = rate * expected + NOISE_VARIANCE * expected ** 2;
  const { lower, upper } = feuerLimits({ rate, variance, maxWeight: max });
  return { lower: significantBelow(lower, LIMIT_DIGITS), upper: significantAbove(upper, LIMIT_DIGITS) };
}
