/** The best linear estimate of a small cell from all shown cells, and its variance (Gauss and Markov). */

/** A shown figure: which of the finest cells it is the sum of. */
export interface Shown {
  readonly atoms: readonly number[];
  readonly value: number;
}

export interface Estimate {
  readonly value: number;
  /** In units of the noise of one figure. */
  readonly variance: number;
}

const ZERO = 1e-9;

/** Equal sets of records have equal noise, so a set counts once. Null where the target is no combination of the rows. */
export function estimate(rows: readonly Shown[], target: readonly number[]): Estimate | null {
  const distinct = [...new Map(rows.map((row) => [row.atoms.join(), row])).values()];
  const size = target.length;
  const normal = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_, j) =>
      distinct.reduce((sum, { atoms }) => sum + at(atoms, i) * at(atoms, j), 0),
    ),
    at(target, i),
  ]);
  const weights = solved(normal, size);
  if (weights === null) return null;
  const value = distinct.reduce((sum, row) => sum + row.value * dot(row.atoms, weights), 0);
  return { value, variance: dot(target, weights) };
}

const at = (row: readonly number[], i: number): number => row[i] ?? 0;
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * at(b, i), 0);

/** Any solution; null where there is none. Gauss and Jordan with pivots by size. */
function solved(system: number[][], size: number): number[] | null {
  const pivots: number[] = [];
  for (let column = 0; column < size; column++) {
    const done = pivots.length;
    const best = system.reduce(
      (found, row, i) =>
        i >= done && Math.abs(at(row, column)) > Math.abs(at(system[found] ?? [], column)) ? i : found,
      done,
    );
    const pivot = system[best];
    if (pivot === undefined || Math.abs(at(pivot, column)) < ZERO) continue;
    system.splice(best, 1);
    system.splice(done, 0, pivot);
    const lead = at(pivot, column);
    pivot.forEach((x, j) => {
      pivot[j] = x / lead;
    });
    for (const row of system) {
      const factor = row === pivot ? 0 : at(row, column);
      if (factor !== 0)
        row.forEach((x, j) => {
          row[j] = x - factor * at(pivot, j);
        });
    }
    pivots.push(column);
  }
  if (system.slice(pivots.length).some((row) => Math.abs(at(row, size)) > ZERO)) return null;
  const solution = Array.from({ length: size }, () => 0);
  pivots.forEach((column, i) => {
    solution[column] = at(system[i] ?? [], size);
  });
  return solution;
}
