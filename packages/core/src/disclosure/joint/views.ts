/** Views over atoms: which cell each combination of classes belongs to, for every count of every table and each of its totals. */
import { TOTAL } from '@revier/schema';
import type { SourceTable } from '../../query/source-table.ts';
import { type CellGrid, cellGrid } from '../cell-grid.ts';
import { subsetsOf } from '../subsets.ts';
import { type Axis, admitting, countsIn } from './axes.ts';

/** Combinations of classes, the last axis fastest. */
export interface Atoms {
  readonly size: number;
  /** The class of each atom, by axis. */
  readonly classOf: readonly Int32Array[];
}

export function atomsOf(axes: readonly Axis[]): Atoms {
  const size = axes.reduce((product, { classes }) => product * classes.length, 1);
  let stride = size;
  const classOf = axes.map(({ classes }) => {
    stride /= Math.max(1, classes.length);
    const own = stride;
    return Int32Array.from({ length: size }, (_, atom) => Math.floor(atom / own) % classes.length);
  });
  return { size, classOf };
}

/** One table as the system sees it. */
export interface TableViews {
  readonly grid: CellGrid;
  /** Bit i: the atom belongs to the i-th count, wherever in the table. */
  readonly signature: Uint32Array;
  /** The cell of the grid that is no total, where the signature is not 0; else -1. */
  readonly base: Int32Array;
  /** By count: for each subset of its dimensions, the cell of the grid that each atom belongs to; -1: none. */
  readonly views: readonly (readonly Int32Array[])[];
}

export function viewsOf(
  { source, domain }: { readonly source: SourceTable; readonly domain: readonly (readonly number[])[] },
  axes: readonly Axis[],
  atoms: Atoms,
): TableViews {
  const grid = cellGrid(domain, source.margins);
  const numbers = source.dimensions.map(({ variable, pairs }) => byAtom(variable, new Map(pairs), axes, atoms));
  const keys = numbers.map((own) => Uint32Array.from(own, (number) => Math.max(0, number)));
  const counts = countsIn(source).map(({ where }) => {
    const admits = axes.map(({ variable, classes }) => classes.map(([code = '']) => admitting(where, variable)(code)));
    return Uint8Array.from({ length: atoms.size }, (_, atom) => {
      const isIn = admits.every((own, a) => own[atoms.classOf[a]?.[atom] ?? -1] === true);
      return isIn && numbers.every((own) => (own[atom] ?? -1) >= 0) ? 1 : 0;
    });
  });
  const shownSets = source.margins ? subsetsOf(keys.length) : [keys.map(() => true)];
  const cellsBy = shownSets.map((isShown) => cellsOf(grid, keys, isShown, atoms.size));
  const signature = Uint32Array.from({ length: atoms.size }, (_, atom) =>
    counts.reduce((bits, own, i) => (own[atom] === 1 ? bits + 2 ** i : bits), 0),
  );
  const [finest = new Int32Array(atoms.size)] = cellsBy;
  return {
    ...{ grid, signature },
    base: finest.map((cell, atom) => (signature[atom] === 0 ? -1 : cell)),
    views: counts.map((own) => cellsBy.map((cells) => cells.map((cell, atom) => (own[atom] === 1 ? cell : -1)))),
  };
}

function byAtom(
  variable: string,
  numbers: ReadonlyMap<string, number>,
  axes: readonly Axis[],
  atoms: Atoms,
): Int32Array {
  const place = axes.findIndex((axis) => axis.variable === variable);
  const own = axes[place]?.classes.map(([code = '']) => numbers.get(code) ?? -1) ?? [];
  return Int32Array.from(atoms.classOf[place] ?? [], (one) => own[one] ?? -1);
}

function cellsOf(grid: CellGrid, keys: readonly Uint32Array[], isShown: readonly boolean[], size: number): Int32Array {
  const total = new Uint32Array(size).fill(TOTAL);
  const shown = keys.map((own, d) => (isShown[d] === true ? own : total));
  return Int32Array.from({ length: size }, (_, atom) => grid.find(shown, atom) ?? -1);
}
