/** The sets of records behind the counts of a table, by cell: how many persons at most, and the sum of their record keys. */
import { AppError } from '@revier/schema';
import type { RawAtoms } from '../query/source-table.ts';
import type { CellGrid } from './cell-grid.ts';
import { mismatch } from './raw-measures.ts';

/** By cell of the grid. */
export interface KeyedSets {
  /** Persons; one who stands in several atoms counts in each, so never more than records. */
  readonly persons: Uint32Array;
  /** Sum of record keys modulo 2^32. */
  readonly keys: Uint32Array;
}

export const noSets = (size: number): KeyedSets => ({ persons: new Uint32Array(size), keys: new Uint32Array(size) });

/** Entries of all pairs of counts that are held at once; beyond it a table is too wide to be looked through. */
const MAX_ENTRIES = 25_000_000;

/** @throws AppError AGGREGATE_UNFIT where there are too many counts for so many cells */
export function requireComparable(counts: number, cells: number): void {
  if (((counts * (counts + 1)) / 2) * cells > MAX_ENTRIES)
    throw new AppError('AGGREGATE_UNFIT', {
      detail: 'The table has too many counts for so many cells; ask it in parts.',
    });
}

/** Of the records whose signature `belongs`, margins included. @throws AppError INTERNAL where the source gave no keys */
export function setsOf(grid: CellGrid, atoms: RawAtoms, belongs: (signature: number) => boolean): KeyedSets {
  const { persons, keys } = noSets(grid.size);
  const recordKeys = atoms.recordKeys;
  if (recordKeys === undefined) throw mismatch();
  atoms.signature.forEach((signature, i) => {
    if (!belongs(signature)) return;
    for (const cell of grid.containing(grid.indexOf(atoms.keys, i))) {
      persons[cell] = (persons[cell] ?? 0) + (atoms.persons[i] ?? 0);
      // Typed arrays wrap around, which is the sum modulo 2^32.
      keys[cell] = (keys[cell] ?? 0) + (recordKeys[i] ?? 0);
    }
  });
  return { persons, keys };
}
