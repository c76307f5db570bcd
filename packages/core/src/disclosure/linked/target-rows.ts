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
  const rows: Row[] = [];
  const lone: boolean[] = [];
  const byColumn = new Map<number, Set<number>>();
  const byDirection = new Map<number, Set<number>>();

  const twinsOf = (row: Row): number[] =>
    [...(byDirection.get(directionOf(row)) ?? [])].filter((other) => isProportional(rows[other] ?? new Map(), row));

  function put(target: number, row: Row): void {
    rows[target] = row;
    for (const column of row.keys()) into(byColumn, column, target);
    into(byDirection, directionOf(row), target);
  }

  function take(target: number): void {
    const row = rows[target] ?? new Map();
    for (const column of row.keys()) byColumn.get(column)?.delete(target);
    byDirection.get(directionOf(row))?.delete(target);
  }

  function rewritten(pivot: Pivot): Map<number, Row> | null {
    const changed = new Map<number, Row>();
    for (const target of byColumn.get(pivot.column) ?? []) {
      const row = eliminate(rows[target] ?? new Map(), pivot);
      if (row === null || row.size === 0) return null;
      changed.set(target, row);
    }
    return changed;
  }

  /** Puts rows back one after the other, so that each meets those that did not change and those put back before it. */
  function replaced(changed: ReadonlyMap<number, Row>): boolean {
    const before = [...changed.keys()].map((target) => [target, rows[target] ?? new Map()] as const);
    for (const target of changed.keys()) take(target);
    const done: number[] = [];
    for (const [target, row] of changed) {
      const [twin] = twinsOf(row);
      if (twin === undefined) {
        put(target, row);
        done.push(target);
      }
      if (twin === undefined || (lone[twin] !== true && lone[target] !== true)) continue;
      for (const other of done) take(other);
      for (const [other, old] of before) put(other, old);
      return false;
    }
    return true;
  }

  for (const { row, isSingleton } of targets) {
    if (row.size === 0) continue;
    const [twin] = twinsOf(row);
    if (twin === undefined) {
      lone.push(isSingleton);
      put(rows.length, row);
      continue;
    }
    if (!isBare && (isSingleton || lone[twin] === true)) return null;
    lone[twin] = lone[twin] === true || isSingleton;
  }
  return {
    weightOf: (column) => byColumn.get(column)?.size ?? 0,
    accept(pivot) {
      const changed = rewritten(pivot);
      return changed !== null && replaced(changed);
    },
  };
}

function into(index: Map<number, Set<number>>, key: number, target: number): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, new Set([target]));
  else known.add(target);
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
