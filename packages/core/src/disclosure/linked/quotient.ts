/** A space of cells in which sums are known: each cell in terms of those that nothing is known about yet, exactly. */
import { eliminateAll, type Pivot, type Row } from '../integer-rows.ts';

export interface Quotient {
  /** The row in terms of free columns, in lowest terms; null where whole numbers would no longer be exact. */
  reduced(row: Row): Row | null;
  /** From now on the (reduced) pivot row counts as 0, which solves for its column. */
  setZero(pivot: Pivot): void;
}

/**
 * Rows are solved lazily: a solved column is replaced by its row when it is met, and that row is brought up to date then (as union-find
 * compresses paths). A row is stored once it was reduced, so columns solved for earlier never return: replacing comes to an end.
 */
export function quotient(): Quotient {
  const pivots = new Map<number, Pivot>();

  function current(pivot: Pivot): Pivot | null {
    const stale = [...pivot.row.keys()].some((column) => column !== pivot.column && pivots.has(column));
    if (!stale) return pivot;
    const row = reducedBut(pivot.row, pivot.column);
    if (row === null) return null;
    const fresh = { column: pivot.column, row };
    pivots.set(pivot.column, fresh);
    return fresh;
  }

  function reducedBut(row: Row, except: number): Row | null {
    const solved: Pivot[] = [];
    for (const column of row.keys()) {
      const pivot = column === except ? undefined : pivots.get(column);
      if (pivot === undefined) continue;
      const fresh = current(pivot);
      if (fresh === null) return null;
      solved.push(fresh);
    }
    return solved.length === 0 ? row : eliminateAll(row, solved);
  }

  return {
    reduced: (row) => reducedBut(row, -1),
    setZero(pivot) {
      pivots.set(pivot.column, pivot);
    },
  };
}
