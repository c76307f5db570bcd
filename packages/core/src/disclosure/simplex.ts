/** Linear programming over x >= 0 whose sums are known: the exact bounds of whatever those sums leave open. */

/** All x >= 0 that meet the equations, seen from one vertex; each call of `maximise` moves on from the vertex before. */
export interface Polytope {
  /** The point that the last call ended in. */
  vertex(): Float64Array;
  /** Greatest value of sum objective * x; Infinity where there is none. @throws RangeError when it does not come to an end. */
  maximise(objective: Float64Array): number;
}

/** Sum of these columns. */
export interface KnownSum {
  readonly columns: Iterable<number>;
  /** At least 0. */
  readonly value: number;
}

/** Below this an entry is rounding error: entries of 0/1 systems are ratios of small whole numbers. */
const TINY = 1e-9;
const MAX_STEPS = 20_000;
/** Steps by steepest ascent before Bland's rule, which is slower but never circles, takes over. */
const STEEP_STEPS = 500;

interface Tableau {
  /** One row per equation, the known sum in the last place. */
  rows: Float64Array[];
  /** The column that each row is solved for. */
  basis: number[];
  readonly width: number;
}

/**
 * The two-phase simplex method on a dense tableau (G. B. Dantzig 1947; R. G. Bland, Mathematics of Operations Research 2, 1977).
 * @throws RangeError when no x meets the equations.
 */
export function polytope(sums: readonly KnownSum[], columns: number): Polytope {
  const tableau = feasible(sums, columns);
  return {
    vertex() {
      const point = new Float64Array(columns);
      tableau.rows.forEach((row, i) => {
        point[tableau.basis[i] ?? 0] = row[columns] ?? 0;
      });
      return point;
    },
    maximise: (objective) => ascend(tableau, objective),
  };
}

/** Phase one: an artificial column a row, driven to 0 and then dropped. */
function feasible(sums: readonly KnownSum[], columns: number): Tableau {
  const width = columns + sums.length;
  const rows = sums.map(({ columns: ones, value }, i) => {
    const row = new Float64Array(width + 1);
    for (const column of ones) row[column] = 1;
    row[columns + i] = 1;
    row[width] = value;
    return row;
  });
  const tableau: Tableau = { rows, basis: rows.map((_, i) => columns + i), width };
  const cost = new Float64Array(width).fill(-1, columns);
  if (ascend(tableau, cost) < -1e-6) throw new RangeError('no solution');
  return withoutArtificial(tableau, columns);
}

/** An artificial column that is still solved for is 0: any other column may take its place; where there is none the row says nothing. */
function withoutArtificial(tableau: Tableau, columns: number): Tableau {
  const { rows, basis, width } = tableau;
  rows.forEach((row, i) => {
    if ((basis[i] ?? 0) < columns) return;
    const column = row.subarray(0, columns).findIndex((entry) => Math.abs(entry) > TINY);
    if (column >= 0) solveFor(tableau, i, column);
  });
  const kept = rows.map((_, i) => i).filter((i) => (basis[i] ?? 0) < columns);
  return {
    rows: kept.map((i) => Float64Array.of(...(rows[i]?.subarray(0, columns) ?? []), rows[i]?.[width] ?? 0)),
    basis: kept.map((i) => basis[i] ?? 0),
    width: columns,
  };
}

function ascend(tableau: Tableau, objective: Float64Array): number {
  const { rows, basis, width } = tableau;
  const gains = Float64Array.of(...objective, 0);
  rows.forEach((row, i) => {
    subtract(gains, row, objective[basis[i] ?? 0] ?? 0);
  });
  for (let step = 0; step < MAX_STEPS; step++) {
    const enter = entering(gains, width, step < STEEP_STEPS);
    if (enter < 0) return -(gains[width] ?? 0);
    const leave = leaving(tableau, enter);
    if (leave < 0) return Number.POSITIVE_INFINITY;
    solveFor(tableau, leave, enter);
    const row = rows[leave];
    if (row !== undefined) subtract(gains, row, gains[enter] ?? 0);
  }
  throw new RangeError('the programme does not come to an end');
}

function entering(gains: Float64Array, width: number, steep: boolean): number {
  let [best, gain] = [-1, TINY];
  for (let column = 0; column < width; column++) {
    const own = gains[column] ?? 0;
    if (own <= gain) continue;
    if (!steep) return column;
    [best, gain] = [column, own];
  }
  return best;
}

/** The row that reaches 0 first; of several, the one solved for the lowest column. */
function leaving({ rows, basis, width }: Tableau, enter: number): number {
  let [best, least] = [-1, Number.POSITIVE_INFINITY];
  rows.forEach((row, i) => {
    const entry = row[enter] ?? 0;
    if (entry <= TINY) return;
    const ratio = Math.max(0, row[width] ?? 0) / entry;
    const ties = Math.abs(ratio - least) <= TINY && (basis[i] ?? 0) < (basis[best] ?? 0);
    if (ratio < least - TINY || ties) [best, least] = [i, ratio];
  });
  return best;
}

function solveFor({ rows, basis }: Tableau, i: number, column: number): void {
  const pivot = rows[i];
  if (pivot === undefined) return;
  const lead = pivot[column] ?? 1;
  for (let j = 0; j < pivot.length; j++) pivot[j] = (pivot[j] ?? 0) / lead;
  for (const row of rows) if (row !== pivot) subtract(row, pivot, row[column] ?? 0);
  basis[i] = column;
}

function subtract(row: Float64Array, other: Float64Array, factor: number): void {
  if (Math.abs(factor) <= TINY) return;
  for (let j = 0; j < row.length; j++) row[j] = (row[j] ?? 0) - factor * (other[j] ?? 0);
}
