/** Secondary suppression by elimination: which figures can be shown so that no hidden one is a combination of them. */
import { eliminate, isProportional, type Pivot, pivotOf, type Row, reduce } from './integer-rows.ts';

/**
 * For each candidate, in order, whether it may be shown. Afterwards no target (other than 0) is a linear combination of shown rows.
 * Source: Ø. Langsrud, Secondary cell suppression by Gaussian elimination, PSD 2024 (SSBtools `R/GaussSuppression.R`): a reduced
 * candidate that is 0 is implied already; one that is proportional to a reduced target would give it away; any other becomes a
 * pivot. A candidate whose elimination would leave the exact whole numbers is hidden.
 */
export function gaussSuppression(candidates: readonly Row[], targets: readonly Row[]): readonly boolean[] {
  const pivots: Pivot[] = [];
  let hidden = distinctRows(targets);
  return candidates.map((candidate) => {
    const reduced = reduce(candidate, pivots);
    if (reduced === null) return false;
    if (reduced.size === 0) return true;
    if (hidden.some((target) => isProportional(target, reduced))) return false;
    const pivot = pivotOf(reduced);
    const left = eliminateAll(hidden, pivot);
    if (left === null) return false;
    hidden = left;
    pivots.push(pivot);
    return true;
  });
}

function eliminateAll(rows: readonly Row[], pivot: Pivot): Row[] | null {
  const results: Row[] = [];
  for (const row of rows) {
    const result = eliminate(row, pivot);
    if (result === null) return null;
    results.push(result);
  }
  return results;
}

function distinctRows(rows: readonly Row[]): Row[] {
  return [...new Map(rows.filter(({ size }) => size > 0).map((row) => [[...row.keys()].join(), row])).values()];
}
