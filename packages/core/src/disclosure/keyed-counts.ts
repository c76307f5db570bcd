/** Counts with noise by cell keys: what would be shown, before figures of one table are held against each other. */
import type { CellGrid } from './cell-grid.ts';
import { fractionOf } from './cell-key/cell-key.ts';
import { countNoise } from './cell-key/count-noise.ts';
import type { Ptable } from './cell-key/ptable.ts';
import { statusByte, type ValueColumns, valueColumns } from './columns.ts';
import { groupDisclosing } from './magnitude/group-disclosure.ts';
import { mismatch, type RawCount } from './raw-measures.ts';

export interface KeyedCounts {
  /** With noise; 0 where there is no record. */
  readonly noised: Float64Array;
  /** Exact units, and the key that fixes their noise. */
  readonly units: Float64Array;
  readonly keys: Uint32Array;
  /** 1 where the count may be shown. */
  readonly shown: Uint8Array;
}

export interface CountDisclosure {
  readonly raw: RawCount;
  readonly grid: CellGrid;
  readonly ptable: Ptable;
  /** Least count with noise, and least number of persons with noise, that is shown. */
  readonly least: number;
  readonly groupMax: number;
}

/**
 * The noise of a count follows from its records alone: neither conditions nor names, order, person or time enter. A count is shown
 * where it and its persons reach the threshold *with their noise*, so that 0, 1 and k - 1 look alike, and where it is not nearly its
 * whole row or column (disclosure.md 2.3).
 */
export function keyedCounts({ raw, grid, ptable, least, groupMax }: CountDisclosure): KeyedCounts {
  const { recordKeys } = raw;
  if (recordKeys === undefined) throw mismatch();
  const [noised, units] = [new Float64Array(grid.size), new Float64Array(grid.size)];
  const keys = new Uint32Array(grid.size);
  const shown = new Uint8Array(grid.size);
  raw.value.forEach((value, i) => {
    const cell = grid.indexOf(raw.keys, i);
    const persons = raw.persons[i] ?? 0;
    const key = recordKeys[i] ?? 0;
    const fraction = fractionOf(key);
    const count = value + countNoise(ptable, value, fraction);
    noised[cell] = count;
    units[cell] = value;
    keys[cell] = key;
    if (count >= least && persons + countNoise(ptable, persons, fraction) >= least) shown[cell] = 1;
  });
  for (const cell of dominating(noised, grid, groupMax)) shown[cell] = 0;
  return { noised, units, keys, shown };
}

/** A row's whole is the sum of its parts with their noise, whether or not the table shows totals. */
function dominating(noised: Float64Array, grid: CellGrid, groupMax: number): readonly number[] {
  const rows = grid.rows();
  const values = new Float64Array(grid.size + rows.length);
  values.set(noised);
  const lines = rows.map((parts, row) => ({ total: grid.size + row, parts }));
  for (const { total, parts } of lines) values[total] = parts.reduce((sum, part) => sum + (noised[part] ?? 0), 0);
  return groupDisclosing(values, lines, groupMax);
}

/** A zero is told only of cells in which nobody can be, whatever the data hold (disclosure.md 2.3). */
export function countColumns({ noised, shown }: KeyedCounts, grid: CellGrid): ValueColumns {
  const columns = valueColumns('count', noised.length, 'withheld');
  shown.forEach((isShown, cell) => {
    if (isShown !== 1) return;
    columns.status[cell] = statusByte('value');
    columns.value[cell] = noised[cell] ?? Number.NaN;
  });
  for (let cell = 0; cell < grid.size; cell++) {
    if (!grid.isImpossible(cell)) continue;
    columns.status[cell] = statusByte('zero');
    columns.value[cell] = 0;
  }
  return columns;
}
