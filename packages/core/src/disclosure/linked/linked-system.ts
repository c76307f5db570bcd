/** Linked figures in general: views of the same atoms, whatever they tell apart, and every sum that ties their cells. */
import type { Equation } from '../interval-audit.ts';
import { coarsening, equationsOf, type TableLattice } from './table-lattice.ts';

export interface LinkedSystem {
  readonly cells: number;
  readonly atoms: number;
  /** For each view, the cell that each atom belongs to; -1: it belongs to none. Cells are numbered over all views. */
  readonly maps: readonly Int32Array[];
  /** From these all sums between cells follow. */
  readonly equations: readonly Equation[];
  /** Cells that may be shown. */
  readonly asked: readonly number[];
}

export function systemOf(lattice: TableLattice): LinkedSystem {
  const { hierarchies, finest, shapes, offsets, cells, atoms, isAsked } = lattice;
  const maps = shapes.map((shape, s) =>
    Int32Array.from(coarsening(hierarchies, finest, shape), (cell) => (offsets[s] ?? 0) + cell),
  );
  const asked = isAsked.flatMap((own, s) => {
    const first = offsets[s] ?? 0;
    return own ? Array.from({ length: (offsets[s + 1] ?? cells) - first }, (_, i) => first + i) : [];
  });
  return { cells, atoms, maps, equations: equationsOf(lattice), asked };
}

/** Figures of all cells from those of the atoms. */
export function sumsOver({ cells, maps }: LinkedSystem, atoms: ArrayLike<number>): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(cells);
  for (const map of maps)
    map.forEach((cell, atom) => {
      if (cell >= 0) sums[cell] = (sums[cell] ?? 0) + (atoms[atom] ?? 0);
    });
  return sums;
}
