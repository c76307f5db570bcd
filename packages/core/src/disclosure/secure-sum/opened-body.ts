/** The opened total as a table: what is below the threshold, or too near another figure, is withheld by public rules on the noised figures alone. */
import type { ReleaseBody, Table } from '@revier/schema';
import { cellGrid } from '../cell-grid.ts';
import { statusByte, valueColumns } from '../columns.ts';
import { scaleOfVariance } from '../exact-noise/noise-share.ts';
import { type OpenedCount, withholdNearOpened } from './opened-near.ts';
import { numbersOf, type Words } from './words.ts';

/**
 * Variance of the noise in an opened total, whoever is in it. Two nested counts have independent noise: with 5 whoever sees both tells a secret bit from
 * their two differences in 59.8 % of cases, with 3 in 62.5 % (docs/decisions/0023).
 */
export const SUM_VARIANCE = 5;

export interface OpenedTable {
  readonly table: Table;
  readonly tableHash: ReleaseBody['table'];
  readonly domain: readonly (readonly number[])[];
  /** The greatest of the members' thresholds. */
  readonly minCellSize: number;
}

/** @throws RangeError for a sum of another length than the table has cells */
export function openedBody({ table, tableHash, domain, minCellSize }: OpenedTable, sum: Words): ReleaseBody {
  const grid = cellGrid(domain, table.margins);
  if (sum.length !== grid.size * table.measures.length) throw new RangeError('The sum is of another table.');
  const values = numbersOf(sum);
  const least = BigInt(minCellSize);
  const counts = table.measures.map((_, place): OpenedCount => {
    const value = values.slice(place * grid.size, (place + 1) * grid.size);
    return { place, value, shown: Uint8Array.from(value, (figure) => (figure >= least ? 1 : 0)) };
  });
  withholdNearOpened(grid, table.measures, counts, least);
  const measures = counts.map(({ value, shown }) => {
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
