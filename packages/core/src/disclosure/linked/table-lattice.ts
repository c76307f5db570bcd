/** Linked tables: the cells of all tables of a lattice, numbered once, and every sum that ties them. */
import type { Equation } from '../interval-audit.ts';

/** Codes of one level of a dimension; `parents[code]` is the code of the next coarser level that it belongs to. */
export interface Level {
  readonly size: number;
  readonly parents: ArrayLike<number>;
}

/** Levels from the whole (one code) to the finest, each nested in the one before. */
export type Hierarchy = readonly Level[];

/** The level of each dimension in one table; 0 where the table does not tell the dimension apart. */
export type Shape = readonly number[];

export interface TableLattice {
  readonly hierarchies: readonly Hierarchy[];
  /** Tables, and the tables that any two of them have in common. */
  readonly shapes: readonly Shape[];
  /** Whether a shape was asked for, by place. */
  readonly isAsked: readonly boolean[];
  /** First cell of each shape; cells of a shape follow one another, last dimension fastest. */
  readonly offsets: readonly number[];
  readonly cells: number;
  /** The join of all tables: its cells are the atoms. */
  readonly finest: Shape;
  readonly atoms: number;
}

/** The levels of a dimension without hierarchy. */
export const flat = (codes: number): Hierarchy => [
  { size: 1, parents: [0] },
  { size: codes, parents: new Uint32Array(codes) },
];

/**
 * The lattice of these tables. Dimensions are nested chains of levels, so two tables share exactly the functions of their meet (the coarser
 * level of each dimension): averages over levels commute, hence all linear relations between tables follow from the meets.
 * @throws RangeError for a level that does not exist, or a parent outside the level above.
 */
export function tableLattice(hierarchies: readonly Hierarchy[], tables: readonly Shape[]): TableLattice {
  for (const hierarchy of hierarchies) checkNested(hierarchy);
  for (const shape of tables)
    if (shape.length !== hierarchies.length || shape.some((level, d) => hierarchies[d]?.[level] === undefined))
      throw new RangeError('A table names a level that does not exist.');
  const shapes = closedUnderMeet(tables);
  const offsets: number[] = [];
  let cells = 0;
  for (const shape of shapes) {
    offsets.push(cells);
    cells += sizeOf(hierarchies, shape);
  }
  const finest = hierarchies.map((_, d) => Math.max(0, ...tables.map((shape) => shape[d] ?? 0)));
  const asked = new Set(tables.map(keyOf));
  return {
    hierarchies,
    shapes,
    isAsked: shapes.map((shape) => asked.has(keyOf(shape))),
    offsets,
    cells,
    finest,
    atoms: sizeOf(hierarchies, finest),
  };
}

function checkNested(hierarchy: Hierarchy): void {
  hierarchy.forEach(({ size, parents }, level) => {
    const above = hierarchy[level - 1]?.size ?? 1;
    const fits = parents.length === size && Array.from(parents).every((parent) => parent >= 0 && parent < above);
    if (!fits || (level === 0 && size !== 1)) throw new RangeError('The levels of a dimension are not nested.');
  });
}

export const sizeOf = (hierarchies: readonly Hierarchy[], shape: Shape): number =>
  shape.reduce((product, level, d) => product * (hierarchies[d]?.[level]?.size ?? 1), 1);

const keyOf = (shape: Shape): string => shape.join();

/** Coarse before fine. */
function closedUnderMeet(tables: readonly Shape[]): readonly Shape[] {
  const found = new Map(tables.map((shape) => [keyOf(shape), shape]));
  for (const shape of found.values())
    for (const other of [...found.values()]) {
      const meet = shape.map((level, d) => Math.min(level, other[d] ?? 0));
      if (!found.has(keyOf(meet))) found.set(keyOf(meet), meet);
    }
  const depth = (shape: Shape) => shape.reduce((sum, level) => sum + level, 0);
  return [...found.values()].sort((a, b) => depth(a) - depth(b) || (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Each cell of a coarser table as the sum of cells of every table that is next finer. */
export function equationsOf(lattice: TableLattice): readonly Equation[] {
  const { shapes, offsets, hierarchies } = lattice;
  return shapes.flatMap((fine, f) =>
    shapes.flatMap((coarse, c) => {
      if (!isCoverOf(shapes, fine, coarse)) return [];
      const map = coarsening(hierarchies, fine, coarse);
      const parts = Array.from({ length: sizeOf(hierarchies, coarse) }, (): number[] => []);
      map.forEach((total, part) => {
        parts[total]?.push((offsets[f] ?? 0) + part);
      });
      return parts.map((own, total) => ({ total: (offsets[c] ?? 0) + total, parts: own }));
    }),
  );
}

const isCoarser = (coarse: Shape, fine: Shape): boolean =>
  coarse !== fine && coarse.every((level, d) => level <= (fine[d] ?? 0));

const isCoverOf = (shapes: readonly Shape[], fine: Shape, coarse: Shape): boolean =>
  isCoarser(coarse, fine) && !shapes.some((between) => isCoarser(coarse, between) && isCoarser(between, fine));

/** The cell of the coarser shape for each cell of the finer one. */
export function coarsening(hierarchies: readonly Hierarchy[], fine: Shape, coarse: Shape): Uint32Array<ArrayBuffer> {
  let map = new Uint32Array([0]);
  hierarchies.forEach((hierarchy, d) => {
    const codes = ancestors(hierarchy, fine[d] ?? 0, coarse[d] ?? 0);
    const size = hierarchy[coarse[d] ?? 0]?.size ?? 1;
    const next = new Uint32Array(map.length * codes.length);
    map.forEach((cell, i) => {
      codes.forEach((code, j) => {
        next[i * codes.length + j] = cell * size + code;
      });
    });
    map = next;
  });
  return map;
}

function ancestors(hierarchy: Hierarchy, from: number, to: number): Uint32Array<ArrayBuffer> {
  let codes = Uint32Array.from({ length: hierarchy[from]?.size ?? 1 }, (_, code) => code);
  for (let level = from; level > to; level--) {
    const parents = hierarchy[level]?.parents;
    codes = codes.map((code) => parents?.[code] ?? 0);
  }
  return codes;
}

/** Figures of all cells from those of the atoms. */
export function cellSums(lattice: TableLattice, atoms: ArrayLike<number>): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(lattice.cells);
  lattice.shapes.forEach((shape, s) => {
    const offset = lattice.offsets[s] ?? 0;
    coarsening(lattice.hierarchies, lattice.finest, shape).forEach((cell, atom) => {
      sums[offset + cell] = (sums[offset + cell] ?? 0) + (atoms[atom] ?? 0);
    });
  });
  return sums;
}
