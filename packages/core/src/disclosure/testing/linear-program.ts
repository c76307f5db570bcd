/** For tests: the attacker's linear program, by the textbook two-phase simplex, and exact rank by fraction-free elimination. */

const TINY = 1e-9;

/** Least value of sum c x subject to A x = b (b >= 0), x >= 0; -Infinity where unbounded. Throws when nothing fits. */
export function minimum(A: readonly (readonly number[])[], b: readonly number[], c: readonly number[]): number {
  const [m, n] = [A.length, c.length];
  // Phase one starts from one artificial variable a row.
  const rows = A.map((row, i) => [...row, ...Array.from({ length: m }, (_, j) => (i === j ? 1 : 0)), b[i] ?? 0]);
  const basis = rows.map((_, i) => n + i);
  const artificial = Array.from({ length: n + m }, (_, j) => (j < n ? 0 : 1));
  if (!(solve(rows, basis, artificial, n + m) <= 1e-7)) throw new Error('no solution');
  return solve(rows, basis, [...c, ...Array.from({ length: m }, () => 0)], n);
}

/** Runs Bland's rule over the first `open` columns; artificial variables that stay basic are 0 and stay so. */
function solve(rows: number[][], basis: number[], cost: readonly number[], open: number): number {
  const at = (row: readonly number[] | undefined, j: number) => row?.[j] ?? 0;
  const width = (rows[0]?.length ?? 1) - 1;
  for (;;) {
    const reduced = (j: number) => at(cost, j) - basis.reduce((sum, k, i) => sum + at(cost, k) * at(rows[i], j), 0);
    const enter = Array.from({ length: open }, (_, j) => j).find((j) => !basis.includes(j) && reduced(j) < -TINY);
    if (enter === undefined) return basis.reduce((sum, k, i) => sum + at(cost, k) * at(rows[i], width), 0);
    let leave = -1;
    for (let i = 0; i < rows.length; i++) {
      const stuck = (basis[i] ?? 0) >= open && Math.abs(at(rows[i], enter)) > TINY;
      if (!(at(rows[i], enter) > TINY) && !stuck) continue;
      const ratio = stuck ? 0 : at(rows[i], width) / at(rows[i], enter);
      const best =
        leave < 0
          ? Number.POSITIVE_INFINITY
          : (basis[leave] ?? 0) >= open
            ? 0
            : at(rows[leave], width) / at(rows[leave], enter);
      if (ratio < best - TINY || (ratio <= best + TINY && leave >= 0 && (basis[i] ?? 0) < (basis[leave] ?? 0)))
        leave = i;
    }
    if (leave < 0) return Number.NEGATIVE_INFINITY;
    pivot(rows, leave, enter);
    basis[leave] = enter;
  }
}

function pivot(rows: number[][], leave: number, enter: number): void {
  const lead = rows[leave]?.[enter] ?? 1;
  const scaled = (rows[leave] ?? []).map((value) => value / lead);
  rows.forEach((row, i) => {
    const factor = row[enter] ?? 0;
    rows[i] = i === leave ? scaled : row.map((value, j) => value - factor * (scaled[j] ?? 0));
  });
}

/** Interval of x_t that A x = b, x >= 0 leave. */
export function interval(
  A: readonly (readonly number[])[],
  b: readonly number[],
  target: readonly number[],
): [number, number] {
  if (A.length === 0) return [0, Number.POSITIVE_INFINITY];
  return [
    minimum(A, b, target),
    -minimum(
      A,
      b,
      target.map((x) => -x),
    ),
  ];
}

/** Rank over the rationals (E. H. Bareiss, Mathematics of Computation 22, 1968), independent of the elimination under test. */
export function rank(rows: readonly (readonly number[])[]): number {
  const matrix = rows.map((row) => row.map(BigInt));
  let [done, previous] = [0, 1n];
  for (let column = 0; column < (matrix[0]?.length ?? 0); column++) {
    const found = matrix.findIndex((row, i) => i >= done && row[column] !== 0n);
    if (found < 0) continue;
    const lead = matrix[found] ?? [];
    matrix[found] = matrix[done] ?? [];
    matrix[done] = lead;
    const head = lead[column] ?? 0n;
    for (let i = done + 1; i < matrix.length; i++) {
      const row = matrix[i] ?? [];
      const factor = row[column] ?? 0n;
      matrix[i] = row.map((value, j) => (value * head - factor * (lead[j] ?? 0n)) / previous);
    }
    previous = head;
    done++;
  }
  return done;
}
