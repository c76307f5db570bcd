/** The cells of a table: the cross product of its codes, in one fixed order that depends on nothing but the codes. */
import { AppError, TOTAL } from '@revier/schema';
import type { Impossible } from '../query/source-plan.ts';

export interface CellGrid {
  readonly size: number;
  /** `keys[d][i]`: ascending lexicographically, TOTAL last. */
  readonly keys: readonly Uint32Array<ArrayBuffer>[];
  /** The cells that are no totals. */
  readonly base: readonly number[];
  /** The cell itself and, where the grid has margins, every total that it is part of. */
  containing(base: number): readonly number[];
  /** Every total that this cell, total or not, is part of; without itself. */
  above(cell: number): readonly number[];
  /** Whether a cell and a total above it are the same by the shape of the table: every dimension in between has one code, or one in which somebody can be. */
  isSame(cell: number, total: number): boolean;
  /** Cells that differ in one dimension only, its total left out: the rows and columns of the table. */
  rows(): readonly (readonly number[])[];
  /** Each total over one dimension with the cells that it is the sum of. */
  readonly lines: readonly { readonly total: number; readonly parts: readonly number[] }[];
  /** The cell that entry `i` of these columns falls into, or undefined for a code outside the grid. */
  find(keys: readonly Uint32Array[], i: number): number | undefined;
  /** As `find`, for figures that have to lie in the grid. @throws AppError INTERNAL where one does not. */
  indexOf(keys: readonly Uint32Array[], i: number): number;
  isMargin(cell: number): boolean;
  /** Whether nobody can be in the cell, as everybody knows. Rows and lines leave such cells out. */
  isImpossible(cell: number): boolean;
}

/** @throws AppError INTERNAL when codes of a dimension are not ascending. */
export function cellGrid(
  domain: readonly (readonly number[])[],
  margins: boolean,
  impossible: readonly Impossible[] = [],
): CellGrid {
  const axes = axesOf(domain, margins);
  const size = axes.reduce((product, { codes }) => product * codes.length, 1);
  const keys = axes.map(({ codes, stride }) =>
    Uint32Array.from({ length: size }, (_, cell) => codes[Math.floor(cell / stride) % codes.length] ?? TOTAL),
  );
  const isMargin = (cell: number) => keys.some((column) => column[cell] === TOTAL);
  const cells = Array.from({ length: size }, (_, cell) => cell);
  const isOpen = (cell: number) =>
    !impossible.some((rule) => rule.every((numbers, d) => numbers?.includes(keys[d]?.[cell] ?? TOTAL) ?? true));
  const openIn = once(() => openBelow(axes, cells, margins, isOpen));
  return {
    size,
    keys,
    base: cells.filter((cell) => !isMargin(cell)),
    lines: margins ? axes.flatMap((axis) => linesAlong(axis, cells, isOpen)) : [],
    isMargin,
    isImpossible: (cell) => !isOpen(cell),
    containing: (base) =>
      margins ? axes.reduce((found, axis) => found.concat(found.map((cell) => totalOf(axis, cell))), [base]) : [base],
    above: (cell) => (margins ? totalsAbove(axes, cell) : []),
    isSame: (cell, total) =>
      axes.every((axis) => axis.codes.length <= 2 || placeOn(axis, cell) === placeOn(axis, total)) ||
      (impossible.length > 0 && openIn()[cell] === openIn()[total]),
    rows: () => axes.flatMap((axis) => rowsAlong(axis, cells, margins)).map((row) => row.filter(isOpen)),
    find: (entryKeys, i) => placedOn(axes, entryKeys, i),
    indexOf(entryKeys, i) {
      const cell = placedOn(axes, entryKeys, i);
      if (cell === undefined) throw outside();
      return cell;
    },
  };
}

/** One dimension of the grid: its codes in order, TOTAL last; neighbours along it lie `stride` apart. */
interface Axis {
  readonly codes: readonly number[];
  readonly places: ReadonlyMap<number, number>;
  readonly stride: number;
}

function axesOf(domain: readonly (readonly number[])[], margins: boolean): readonly Axis[] {
  const axes: Axis[] = [];
  let stride = 1;
  for (const numbers of domain.toReversed()) {
    const codes = margins ? [...ascending(numbers), TOTAL] : ascending(numbers);
    axes.unshift({ codes, places: new Map(codes.map((code, place) => [code, place])), stride });
    stride *= codes.length;
  }
  return axes;
}

function placedOn(axes: readonly Axis[], keys: readonly Uint32Array[], i: number): number | undefined {
  let cell = 0;
  for (const [d, { places, stride }] of axes.entries()) {
    const place = places.get(keys[d]?.[i] ?? -1);
    if (place === undefined) return undefined;
    cell += place * stride;
  }
  return cell;
}

const placeOn = ({ codes, stride }: Axis, cell: number): number => Math.floor(cell / stride) % codes.length;

const totalOf = (axis: Axis, cell: number): number =>
  cell + (axis.codes.length - 1 - placeOn(axis, cell)) * axis.stride;

const isTotal = (axis: Axis, cell: number): boolean => placeOn(axis, cell) === axis.codes.length - 1;

function totalsAbove(axes: readonly Axis[], cell: number): number[] {
  const open = axes.filter((axis) => !isTotal(axis, cell));
  return open.reduce((found, axis) => found.concat(found.map((one) => totalOf(axis, one))), [cell]).slice(1);
}

function rowsAlong(axis: Axis, cells: readonly number[], margins: boolean): number[][] {
  const codes = margins ? axis.codes.slice(0, -1) : axis.codes;
  return cells
    .filter((cell) => placeOn(axis, cell) === 0)
    .map((first) => codes.map((_, place) => first + place * axis.stride));
}

function linesAlong(
  axis: Axis,
  cells: readonly number[],
  isOpen: (cell: number) => boolean,
): { total: number; parts: number[] }[] {
  return cells
    .filter((cell) => placeOn(axis, cell) === axis.codes.length - 1)
    .map((total) => ({
      total,
      parts: axis.codes
        .slice(1)
        .map((_, back) => total - (back + 1) * axis.stride)
        .filter(isOpen),
    }));
}

/** By cell, how many cells that are no totals lie below it in which somebody can be. */
function openBelow(
  axes: readonly Axis[],
  cells: readonly number[],
  margins: boolean,
  isOpen: (cell: number) => boolean,
): Uint32Array {
  const open = new Uint32Array(cells.length);
  for (const cell of cells) {
    if (!isOpen(cell) || (margins && axes.some((axis) => isTotal(axis, cell)))) continue;
    for (const total of margins ? [cell, ...totalsAbove(axes, cell)] : [cell]) open[total] = (open[total] ?? 0) + 1;
  }
  return open;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function ascending(numbers: readonly number[]): readonly number[] {
  const sorted = numbers.every((code, i) => Number.isInteger(code) && code < TOTAL && code > (numbers[i - 1] ?? -1));
  if (!sorted) throw new AppError('INTERNAL', { detail: 'The codes of a dimension must ascend.' });
  return numbers;
}

/** A figure for a cell that the table does not have would silently stay in the margins: better no answer. */
const outside = (): AppError => new AppError('INTERNAL', { detail: 'A figure lies outside the cells of the table.' });

/** Cells, totals first; the same order for everybody. */
export function coarseToFine(grid: CellGrid): Uint32Array {
  const depth = Uint8Array.from({ length: grid.size }, (_, cell) => grid.above(cell).length);
  return Uint32Array.from(depth.keys()).sort((a, b) => (depth[a] ?? 0) - (depth[b] ?? 0) || a - b);
}
