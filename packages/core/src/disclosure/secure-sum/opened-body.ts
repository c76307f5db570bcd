/** The opened total as a table: what is below the threshold, or too near another figure, is withheld by public rules on the noised figures alone. */
import type { DataModel, ReleaseBody, Table } from '@revier/schema';
import { cellGrid } from '../cell-grid.ts';
import { noisedSumColumns, statusByte, valueColumns } from '../columns.ts';
import { scaleOfVariance } from '../exact-noise/noise-share.ts';
import { type OpenedCount, withholdNearOpened } from './opened-near.ts';
import { layoutOf, requiredCap, stepOf } from './sum-measures.ts';
import { numbersOf, type Words } from './words.ts';

/**
 * Variance of the noise in an opened total, whoever is in it. Two nested counts have independent noise: with 5 whoever sees both tells a secret bit from
 * their two differences in 59.8 % of cases, with 3 in 62.5 % (docs/decisions/0023).
 */
export const SUM_VARIANCE = 5;

export interface OpenedTable {
  readonly table: Table;
  readonly model: Pick<DataModel, 'variables'>;
  readonly tableHash: ReleaseBody['table'];
  readonly domain: readonly (readonly number[])[];
  /** The greatest of the members' thresholds. */
  readonly minCellSize: number;
}

/** @throws RangeError for a sum of another length than the table has cells */
export function openedBody({ table, model, tableHash, domain, minCellSize }: OpenedTable, sum: Words): ReleaseBody {
  const grid = cellGrid(domain, table.margins);
  const { begins, all } = layoutOf(table);
  if (sum.length !== grid.size * all) throw new RangeError('The sum is of another table.');
  const values = numbersOf(sum);
  const least = BigInt(minCellSize);
  const column = (place: number, word = 0): readonly bigint[] => {
    const begin = (begins[place] ?? 0) + word;
    return values.slice(begin * grid.size, (begin + 1) * grid.size);
  };
  const counts = table.measures.flatMap(({ kind }, place): OpenedCount[] => {
    if (kind !== 'count') return [];
    const value = column(place);
    return [{ place, value, shown: Uint8Array.from(value, (figure) => (figure >= least ? 1 : 0)) }];
  });
  withholdNearOpened(grid, table.measures, counts, least);
  const measures = table.measures.map((measure, place) => {
    const count = counts.find((one) => one.place === place);
    if (count === undefined)
      return openedSumColumns(
        [0, 1, 2].map((word) => column(place, word)),
        requiredCap(model, measure),
        minCellSize,
      );
    const { value, shown } = count;
    const columns = valueColumns('count', grid.size, 'withheld');
    value.forEach((figure, cell) => {
      if (shown[cell] !== 1) return;
      columns.status[cell] = statusByte('value');
      columns.value[cell] = Number(figure);
    });
    return columns;
  });
  return { format: 'revier-release/1', table: tableHash, keys: [...grid.keys], measures };
}

/** Said that much larger, so that 1.96 deviations hold 95 of 100 draws of this law as they do of a normal one: P(|X| > e) = exp(-e sqrt(2) / sd). */
const HEAVY_TAIL = Math.log(20) / Math.SQRT2 / 1.96;

/** Fewer persons never stand behind a sum (disclosure.md 1.4). */
const LEAST_PERSONS = 10;

/**
 * Shown where enough persons have a figure, and none, by the noise, or hardly anybody lacks one: a gap is never taken for 0. Noise has a standard deviation of
 * more than twice what one person can contribute, so that nobody's figure follows from a sum, however much it outweighs the others.
 */
function openedSumColumns(
  words: readonly (readonly bigint[])[],
  cap: number,
  minCellSize: number,
): ReleaseBody['measures'][number] {
  const [sum = [], having = [], lacking = []] = words;
  const columns = noisedSumColumns(sum.length);
  const least = BigInt(Math.max(minCellSize, LEAST_PERSONS));
  const unseen = sumError(SUM_VARIANCE).p95;
  sum.forEach((steps, cell) => {
    const [persons, gaps] = [having[cell] ?? 0n, Number(lacking[cell] ?? 0n)];
    if (persons < least || gaps > Math.max(unseen, Number(persons) / 20)) return;
    columns.status[cell] = statusByte('value');
    columns.value[cell] = Math.round(Number(steps) * stepOf(cap));
    columns.sd[cell] = HEAVY_TAIL * Math.sqrt(SUM_VARIANCE) * cap;
  });
  return columns;
}

export interface SumError {
  readonly variance: number;
  readonly sd: number;
  readonly p95: number;
  readonly max: null;
}

/** Of discrete Laplace noise: P(|X| > e) = 2 q^(e+1) / (1 + q), with no greatest value. */
export function sumError(variance: number): SumError {
  const q = Math.exp(-1 / scaleOfVariance(variance));
  let p95 = 0;
  while ((2 * q ** (p95 + 1)) / (1 + q) > 0.05) p95++;
  return { variance, sd: Math.sqrt(variance), p95, max: null };
}
