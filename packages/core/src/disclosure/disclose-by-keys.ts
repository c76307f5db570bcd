/** Mode L by cell keys: counts and sums of one table with noise that follows from their records, held against each other. */
import type { Table } from '@revier/schema';
import { canonicalText } from '../query/canonical.ts';
import type { CellGrid } from './cell-grid.ts';
import type { ValueColumns } from './columns.ts';
import type { DisclosureInput } from './disclosure-input.ts';
import type { Nearness } from './history/other-set.ts';
import { countColumns, type KeyedCounts, keyedCounts } from './keyed-counts.ts';
import { type KeyedSets, requireComparable, setsOf } from './keyed-sets.ts';
import { type DisclosedSums, disclosedSums, settle, sumFraction } from './keyed-sums.ts';
import { withholdNarrow } from './narrow-lines.ts';
import { type Apart, leastApart, type NearInput, withholdNear } from './near-sets.ts';
import { type CellKeyRules, LEAST_SHOWN, ptableOf } from './protection.ts';
import { countsOf, mismatch, sumsOf } from './raw-measures.ts';
import { possibleSignatures } from './signatures.ts';

export interface KeyedTable {
  readonly input: DisclosureInput;
  readonly grid: CellGrid;
  readonly rules: CellKeyRules;
  readonly minCellSize: number;
  readonly noiseKey: Uint8Array;
}

/** Columns of counts and sums, by place in the table. */
export function discloseByKeys(table: KeyedTable): ReadonlyMap<number, ValueColumns> {
  const { input, grid } = table;
  const countPlaces = placesOf(input.table, 'count');
  const sumPlaces = placesOf(input.table, 'sum');
  requireComparable(countPlaces.length, grid.size);
  const counts = countPlaces.map((place) => countsAt(table, place));
  const sums = sumPlaces.map((place) => sumsAt(table, place));
  const near = { ...nearnessOf(table), bound: table.rules.perturbation.D, grid };
  holdAgainstEachOther(table, countPlaces, counts, near);
  const [bound, least] = [table.rules.perturbation.D, leastOf(table)];
  for (const { noised, shown } of counts) withholdNarrow({ grid, noised, shown, bound, least });
  for (const sum of sums) withholdNear({ ...near, figures: [sum], apart: () => null, order: [0] });
  return new Map<number, ValueColumns>([
    ...counts.map((one, i) => [countPlaces[i] ?? -1, countColumns(one, grid)] as const),
    ...sums.map((one, i) => [sumPlaces[i] ?? -1, settle(one)] as const),
  ]);
}

const placesOf = ({ measures }: Table, wanted: 'count' | 'sum'): number[] =>
  measures.flatMap(({ kind }, place) => (kind === wanted ? [place] : []));

/** The least that is shown: the threshold, or what a holder who shows small figures has chosen by that. */
const leastOf = ({ rules, minCellSize }: Pick<KeyedTable, 'rules' | 'minCellSize'>): number =>
  rules.belowK === 'show-perturbed' ? Math.min(LEAST_SHOWN, minCellSize) : minCellSize;

/** When two figures are too near each other, in one table or over several. */
export function nearnessOf(table: Pick<KeyedTable, 'rules' | 'minCellSize'>): Nearness {
  const { perturbation } = table.rules;
  const ptable = ptableOf(perturbation);
  return { perturbation, ptable, least: leastApart(ptable, leastOf(table)) };
}

const countsAt = (table: KeyedTable, place: number): KeyedCounts =>
  keyedCounts({
    raw: countsOf(table.input.raw, place),
    grid: table.grid,
    ptable: ptableOf(table.rules.perturbation),
    least: leastOf(table),
    groupMax: table.rules.groupMax,
  });

function sumsAt({ input, grid, rules, minCellSize, noiseKey }: KeyedTable, place: number): DisclosedSums {
  const measure = input.table.measures[place];
  if (measure?.kind !== 'sum') throw mismatch();
  const fraction = sumFraction(noiseKey, input.table.model, measure.variable);
  const ptable = ptableOf(rules.perturbation);
  return disclosedSums({ raw: sumsOf(input.raw, place), grid, rules, ptable, minCellSize, fraction });
}

/** Nothing can be near where there is one count and no total. */
function holdAgainstEachOther(
  table: KeyedTable,
  places: readonly number[],
  counts: readonly KeyedCounts[],
  near: Omit<NearInput, 'figures' | 'apart' | 'order'>,
): void {
  const { input, grid } = table;
  const { atoms } = input.raw;
  if (places.length === 0 || (places.length === 1 && grid.lines.length === 0)) return;
  if (atoms === null) throw mismatch();
  const sets = counts.map((_, bit) => setsOf(grid, atoms, (signature) => hasBit(signature, bit)));
  withholdNear({
    ...near,
    figures: counts.map(({ shown }, i) => ({ shown, sets: sets[i] ?? setsOf(grid, atoms, () => false) })),
    apart: apartOf(table, places, counts),
    order: wideFirst(input.table, places),
  });
}

/** By conditions, never by figures: those with fewer conditions first, then those that let more codes in, then by place in the table. */
function wideFirst({ measures }: Table, places: readonly number[]): readonly number[] {
  const widths = places.map((place) => {
    const where = measures[place]?.where ?? [];
    return { terms: where.length, atoms: where.reduce((product, { atoms }) => product * atoms.length, 1) };
  });
  const width = (i: number) => widths[i] ?? { terms: 0, atoms: 1 };
  return places
    .map((_, i) => i)
    .sort((i, j) => width(i).terms - width(j).terms || width(j).atoms - width(i).atoms || i - j);
}

/** What two counts differ by in a cell, made once for each pair. */
function apartOf({ input, grid }: KeyedTable, places: readonly number[], counts: readonly KeyedCounts[]): Apart {
  const wheres = places.map((place) => input.table.measures[place]?.where ?? []);
  const possible = possibleSignatures(wheres, MAX_SIGNATURES);
  const known = new Map<string, KeyedSets | 'same'>();
  const made = (i: number, j: number): KeyedSets | 'same' => {
    const differs = (signature: number) => hasBit(signature, i) !== hasBit(signature, j);
    const { atoms } = input.raw;
    if (atoms === null) throw mismatch();
    if (possible === null || possible.some(differs)) return setsOf(grid, atoms, differs);
    // The same records, counted in two units.
    return canonicalText(unitAt(input.table, places[i])) === canonicalText(unitAt(input.table, places[j]))
      ? 'same'
      : unitsApart(counts[i], counts[j]);
  };
  return (i, j) => {
    const pair = i < j ? ([i, j] as const) : ([j, i] as const);
    const found = known.get(pair.join()) ?? made(...pair);
    known.set(pair.join(), found);
    return found;
  };
}

const MAX_SIGNATURES = 64;

const hasBit = (signature: number, bit: number): boolean => ((signature >>> bit) & 1) === 1;

function unitAt({ measures }: Table, place: number | undefined): string {
  const measure = measures[place ?? -1];
  return measure?.kind === 'count' ? measure.unit : '';
}

/** Cases and persons of the same records differ by the further cases of persons: as many, and with as much of the key. */
function unitsApart(one: KeyedCounts | undefined, other: KeyedCounts | undefined): KeyedSets {
  if (one === undefined || other === undefined) throw mismatch();
  return {
    persons: Uint32Array.from(one.units, (units, cell) => Math.abs(units - (other.units[cell] ?? 0))),
    keys: Uint32Array.from(one.keys, (key, cell) => {
      const isMore = (one.units[cell] ?? 0) >= (other.units[cell] ?? 0);
      return isMore ? key - (other.keys[cell] ?? 0) : (other.keys[cell] ?? 0) - key;
    }),
  };
}
