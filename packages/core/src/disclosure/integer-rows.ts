/** Exact linear algebra on sparse rows of whole numbers: elimination with division by the greatest common divisor, no rounding. */

/** Non-zero entries by column. */
export type Row = ReadonlyMap<number, number>;

export interface Pivot {
  readonly column: number;
  readonly row: Row;
}

/** The row with the pivot's column cleared, in lowest terms; null where an entry would no longer be exact. */
export function eliminate(row: Row, pivot: Pivot): Row | null {
  const entry = row.get(pivot.column);
  if (entry === undefined) return row;
  const lead = pivot.row.get(pivot.column) ?? 1;
  const common = gcd(entry, lead);
  const [ours, theirs] = [lead / common, entry / common];
  const result = new Map<number, number>();
  for (const [column, value] of row) result.set(column, ours * value);
  for (const [column, value] of pivot.row) {
    const [left, right] = [result.get(column) ?? 0, theirs * value];
    // Products and their difference: an unsafe one may have been rounded already.
    if (!Number.isSafeInteger(left) || !Number.isSafeInteger(right)) return null;
    if (left === right) result.delete(column);
    else result.set(column, left - right);
  }
  return lowestTerms(result);
}

/**
 * Clears the columns of pivots none of which has the column of another, in one pass; null where an entry would no longer be exact. The result may
 * be that of one after the other with the sign changed.
 */
export function eliminateAll(row: Row, pivots: readonly Pivot[]): Row | null {
  const result = new Map(row);
  for (const { column, row: own } of pivots) {
    const entry = result.get(column);
    if (entry === undefined) continue;
    const lead = own.get(column) ?? 1;
    const common = gcd(entry, lead) * Math.sign(lead);
    const [ours, theirs] = [lead / common, entry / common];
    if (ours !== 1 && !scale(result, ours)) return null;
    for (const [place, value] of own) {
      const [left, right] = [result.get(place) ?? 0, theirs * value];
      if (!Number.isSafeInteger(right) || !Number.isSafeInteger(left - right)) return null;
      if (left === right) result.delete(place);
      else result.set(place, left - right);
    }
  }
  return lowestTerms(result);
}

/** False where an entry would no longer be exact. */
function scale(row: Map<number, number>, factor: number): boolean {
  for (const [column, value] of row) {
    const scaled = factor * value;
    if (!Number.isSafeInteger(scaled)) return false;
    row.set(column, scaled);
  }
  return true;
}

/** Clears the columns of all pivots, in their order; null where an entry would no longer be exact. */
export function reduce(row: Row, pivots: readonly Pivot[]): Row | null {
  let reduced: Row | null = row;
  for (const pivot of pivots) {
    if (reduced === null) return null;
    reduced = eliminate(reduced, pivot);
  }
  return reduced;
}

/** A column to eliminate by: the last one whose entry is smallest, so that numbers stay small. */
export function pivotOf(row: Row): Pivot {
  let [column, smallest] = [-1, Number.POSITIVE_INFINITY];
  for (const [candidate, value] of row) {
    const size = Math.abs(value);
    if (size < smallest || (size === smallest && candidate > column)) [column, smallest] = [candidate, size];
  }
  return { column, row };
}

/** Whether one row in lowest terms is a multiple of the other, which makes it the same but for the sign. */
export function isProportional(left: Row, right: Row): boolean {
  if (left.size !== right.size) return false;
  let sign = 0;
  for (const [column, value] of left) {
    const other = right.get(column);
    if (other === undefined || Math.abs(other) !== Math.abs(value)) return false;
    if (sign === 0) sign = other / value;
    else if (other !== sign * value) return false;
  }
  return true;
}

function lowestTerms(row: Map<number, number>): Row | null {
  let common = 0;
  for (const value of row.values()) {
    if (!Number.isSafeInteger(value)) return null;
    common = gcd(common, value);
  }
  if (common > 1) for (const [column, value] of row) row.set(column, value / common);
  return row;
}

function gcd(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y > 0) [x, y] = [y, x % y];
  return x;
}
