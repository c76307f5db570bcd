/** The variance of the best estimator by dense linear algebra: what clever bounds are held against. */
import { rank } from './linear-program.ts';

/** t'(A'A + e)^-1 t for a tiny e by Gauss, which tends to the pseudo-inverse for t in the row space; null outside it. */
export function dense(rows: readonly (readonly number[])[], target: readonly number[]): number | null {
  if (rank([...rows, target]) > rank(rows)) return null;
  const n = target.length;
  const matrix = target.map((t, i) => [
    ...target.map((_, j) => rows.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0) + (i === j ? 1e-9 : 0)),
    t,
  ]);
  for (let i = 0; i < n; i++) {
    const best = matrix.reduce(
      (found, row, r) => (r > i && Math.abs(row[i] ?? 0) > Math.abs(matrix[found]?.[i] ?? 0) ? r : found),
      i,
    );
    [matrix[i], matrix[best]] = [matrix[best] ?? [], matrix[i] ?? []];
    const pivot = matrix[i] ?? [];
    for (const row of matrix) {
      if (row === pivot) continue;
      const factor = (row[i] ?? 0) / (pivot[i] ?? 1);
      for (let j = i; j <= n; j++) row[j] = (row[j] ?? 0) - factor * (pivot[j] ?? 0);
    }
  }
  return matrix.reduce((sum, row, i) => sum + ((target[i] ?? 0) * (row[n] ?? 0)) / (row[i] ?? 1), 0);
}
