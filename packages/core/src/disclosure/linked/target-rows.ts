/** What must stay hidden, in terms of what is still free, found by column and by direction. */
import { eliminate, isProportional, type Pivot, type Row } from '../integer-rows.ts';

export interface Target {
  readonly row: Row;
  /** Whether one person alone is in it, who knows it and would look for others. */
  readonly isSingleton: boolean;
}

export interface TargetRows {
  /** How many targets would have to be rewritten. */
  weightOf(column: number): number;
  /** Rewrites all targets by the pivot; false, and nothing is changed, where that would give one away. */
  accept(pivot: Pivot): boolean;
}

/**
 * A target is given away when its row becomes 0, or becomes a multiple of that of a singleton: the person in it could then work it out.
 * Other targets that are multiples of each other stay so, and go on as one. Null where one is given away from the start, unless
 * `isBare`: when nothing is shown yet, multiples are the same figure.
 */
export function targetRows(targets: readonly Target[], isBare: boolean): TargetRows | null {
  const book = rowBook();
  for (const { row, isSingleton } of targets) {
    if (row.size === 0) continue;
    const twin = book.twinOf(row);
    if (twin === undefined) {
      book.enter(row, isSingleton);
      continue;
    }
    if (!isBare && (isSingleton || book.isLone(twin))) return null;
    book.join(twin, isSingleton);
  }
  return {
    weightOf: book.weightOf,
    accept(pivot) {
      const changed = rewritten(book, pivot);
      if (changed === null) return false;
      const fresh = withoutNewTwins(book, changed);
      if (fresh === null) return false;
      for (const target of changed.keys()) book.replace(target, fresh.get(target) ?? null, pivot);
      book.solve(pivot.column);
      return true;
    },
  };
}

/** Null where a target would be given away. */
function rewritten(book: RowBook, pivot: Pivot): ReadonlyMap<number, Row> | null {
  const changed = new Map<number, Row>();
  for (const target of book.having(pivot.column)) {
    const row = eliminate(book.row(target), pivot);
    if (row === null || row.size === 0) return null;
    changed.set(target, row);
  }
  return changed;
}

/** Those that are no multiple of another row; null where one has become a multiple of a singleton's, or the other way round. */
function withoutNewTwins(book: RowBook, changed: ReadonlyMap<number, Row>): ReadonlyMap<number, Row> | null {
  const fresh = new Map<number, Row>();
  const byDirection = new Map<number, number[]>();
  for (const [target, row] of changed) {
    const direction = directionOf(row);
    const beside = byDirection.get(direction) ?? [];
    const twin =
      beside.find((other) => isProportional(fresh.get(other) ?? NONE, row)) ??
      book.twinOf(row, (other) => !changed.has(other));
    if (twin === undefined) {
      fresh.set(target, row);
      byDirection.set(direction, [...beside, target]);
    } else if (book.isLone(twin) || book.isLone(target)) return null;
  }
  return fresh;
}

const NONE: Row = new Map();

/** Rows found by column and by direction. Entries are never taken out of the indexes: what is no longer so is passed over when it is met. */
interface RowBook {
  row(target: number): Row;
  isLone(target: number): boolean;
  /** How many rows have the column. */
  weightOf(column: number): number;
  having(column: number): ReadonlySet<number>;
  twinOf(row: Row, counts?: (target: number) => boolean): number | undefined;
  enter(row: Row, isSingleton: boolean): void;
  join(twin: number, isSingleton: boolean): void;
  /** Rows change in columns of the pivot only. Null: it goes on in another one. */
  replace(target: number, row: Row | null, pivot: Pivot): void;
  /** No row has the column any more. */
  solve(column: number): void;
}

function rowBook(): RowBook {
  const rows: (Row | null)[] = [];
  const lone: boolean[] = [];
  const directions: number[] = [];
  const weights = new Map<number, number>();
  const byColumn = new Map<number, number[]>();
  const byDirection = new Map<number, number[]>();
  const weigh = (column: number, change: number) => weights.set(column, (weights.get(column) ?? 0) + change);
  const rowOf = (target: number): Row => rows[target] ?? NONE;

  function place(target: number, row: Row): void {
    rows[target] = row;
    const direction = directionOf(row);
    directions[target] = direction;
    into(byDirection, direction, target);
  }

  return {
    row: rowOf,
    isLone: (target) => lone[target] === true,
    weightOf: (column) => weights.get(column) ?? 0,
    having: (column) => new Set((byColumn.get(column) ?? []).filter((target) => rowOf(target).has(column))),
    twinOf(row, counts = () => true) {
      const direction = directionOf(row);
      return byDirection
        .get(direction)
        ?.find((other) => directions[other] === direction && counts(other) && isProportional(rowOf(other), row));
    },
    enter(row, isSingleton) {
      const target = rows.length;
      place(target, row);
      lone.push(isSingleton);
      for (const column of row.keys()) {
        into(byColumn, column, target);
        weigh(column, 1);
      }
    },
    join(twin, isSingleton) {
      lone[twin] = lone[twin] === true || isSingleton;
    },
    replace(target, row, pivot) {
      const before = rowOf(target);
      if (row === null) {
        for (const column of before.keys()) weigh(column, -1);
        rows[target] = null;
        return;
      }
      for (const column of pivot.row.keys()) {
        if (before.has(column) === row.has(column)) continue;
        weigh(column, row.has(column) ? 1 : -1);
        if (row.has(column)) into(byColumn, column, target);
      }
      place(target, row);
    },
    solve(column) {
      byColumn.delete(column);
      weights.delete(column);
    },
  };
}

function into(index: Map<number, number[]>, key: number, target: number): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, [target]);
  else known.push(target);
}

/** Equal for rows in lowest terms that are multiples of each other (equal but for the sign); rarely equal otherwise. */
function directionOf(row: Row): number {
  let sum = 0;
  for (const [column, value] of row) sum = (sum + Math.imul(scrambled(column), value)) | 0;
  return Math.min(sum >>> 0, -sum >>> 0);
}

/** The finaliser of MurmurHash3 (A. Appleby). */
function scrambled(column: number): number {
  let h = Math.imul(column ^ (column >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
