/** What is kept of the figures of an answer, so that later ones can be held against them: how large their sets of records are, and their keys. */
import type { RawMeasure } from '../../query/source-table.ts';
import type { CellGrid } from '../cell-grid.ts';
import { mismatch } from '../raw-measures.ts';

/** By cell of the grid. Private: it never leaves the node. */
export interface FigureSets {
  /** Records, or distinct units. */
  readonly units: Float64Array;
  readonly persons: Float64Array;
  /** Sum of record keys modulo 2^32; 0 where the source tells none. */
  readonly keys: Uint32Array;
  /** 1 where the answer said something that had not been said before; 0 where it repeated an older one. */
  readonly fresh: Uint8Array;
}

/** @throws AppError INTERNAL where the source does not tell how many persons stand behind a sum */
export function figureSets(raw: RawMeasure, grid: CellGrid): FigureSets {
  const [units, persons] = [new Float64Array(grid.size), new Float64Array(grid.size)];
  const keys = new Uint32Array(grid.size);
  const add = (cell: number, of: { readonly units: number; readonly persons: number; readonly key: number }): void => {
    units[cell] = (units[cell] ?? 0) + of.units;
    persons[cell] = (persons[cell] ?? 0) + of.persons;
    // A typed array wraps around, which is the sum modulo 2^32.
    keys[cell] = (keys[cell] ?? 0) + of.key;
  };
  const { contributions } = raw.kind === 'sum' ? raw : { contributions: undefined };
  if (raw.kind === 'sum' && contributions === undefined) throw mismatch();
  const entries = raw.kind === 'strata' ? raw.events : raw.value;
  entries.forEach((value, i) => {
    const people = contributions?.persons[i] ?? (raw.kind === 'count' ? (raw.persons[i] ?? 0) : 0);
    const key = contributions?.recordKeys[i] ?? (raw.kind === 'sum' ? 0 : (raw.recordKeys?.[i] ?? 0));
    add(grid.indexOf(raw.keys, i), { units: raw.kind === 'sum' ? people : value, persons: people, key });
  });
  // Persons of a stratum may stand in several: they are told for the whole cell.
  if (raw.kind === 'strata')
    raw.cells.persons.forEach((distinct, i) => {
      add(grid.indexOf(raw.cells.keys, i), { units: 0, persons: distinct, key: 0 });
    });
  return { units, persons, keys, fresh: new Uint8Array(grid.size).fill(1) };
}
