/** Which views are made of the cells of which others, and the sums that follow. */
import type { Equation } from '../interval-audit.ts';

/**
 * Each cell as the sum of cells of every view that is next finer. Since the atoms are a view, every cell is a sum of atoms in the end, so all
 * relations between cells follow.
 * @param maps distinct views, the cell of each atom or -1
 */
export function coversOf(maps: readonly Int32Array[]): readonly Equation[] {
  const parts = maps.map((coarse, c) => maps.map((fine, f) => (c === f ? null : partsIn(coarse, fine))));
  return maps.flatMap((_, c) =>
    maps.flatMap((_, f) => {
      const own = parts[c]?.[f];
      const isNext = own && !maps.some((_, between) => parts[c]?.[between] && parts[between]?.[f]);
      return own && isNext ? [...own].map(([total, cells]) => ({ total, parts: [...cells] })) : [];
    }),
  );
}

/** Cells of the finer view by cell of the coarser one; null where some cell of the coarser one is no union of them. */
function partsIn(coarse: Int32Array, fine: Int32Array): ReadonlyMap<number, ReadonlySet<number>> | null {
  const totalOf = new Map<number, number>();
  for (const [atom, cell] of fine.entries()) {
    const total = coarse[atom] ?? -1;
    if (cell < 0 ? total >= 0 : (totalOf.get(cell) ?? total) !== total) return null;
    if (cell >= 0) totalOf.set(cell, total);
  }
  const parts = new Map<number, Set<number>>();
  for (const [cell, total] of totalOf) {
    if (total < 0) continue;
    const own = parts.get(total) ?? new Set();
    parts.set(total, own.add(cell));
  }
  return parts;
}
