/** What a total and the shown ones of its parts leave open about the others: where that is little, one more part is withheld. */
import type { CellGrid } from './cell-grid.ts';

export interface NarrowInput {
  readonly grid: CellGrid;
  /** Figures with their noise. */
  readonly noised: Float64Array;
  /** 1 where the figure would be shown; is set to 0 here. */
  readonly shown: Uint8Array;
  /** Greatest change that the noise makes; everybody knows it. */
  readonly bound: number;
  /** Least width of what is left open. */
  readonly least: number;
}

/**
 * Noise is bounded, so a total and all but some of its parts bound these from above, however small they are (the width of disclosure.md, A5).
 * Two figures that are near are held against each other before; here several parts together come near to their total. Decided by figures as
 * they would be shown and by the order of codes, so that nothing more is told by what is missing.
 */
export function withholdNarrow({ grid, noised, shown, bound, least }: NarrowInput): void {
  const isShown = (cell: number): boolean => shown[cell] === 1;
  for (const { total, parts } of grid.lines) {
    if (!isShown(total) || parts.every(isShown)) continue;
    const left = parts.filter(isShown).sort((a, b) => a - b);
    while (left.length > 0 && widthOf(total, left, noised, bound) < least) shown[left.pop() ?? total] = 0;
  }
}

/** Of the sum of the parts that are not shown. */
function widthOf(total: number, parts: readonly number[], noised: Float64Array, bound: number): number {
  const whole = noised[total] ?? 0;
  const least = parts.reduce((sum, part) => sum + Math.max(0, (noised[part] ?? 0) - bound), 0);
  const most = parts.reduce((sum, part) => sum + (noised[part] ?? 0) + bound, 0);
  return whole + bound - least - Math.max(0, whole - bound - most);
}
