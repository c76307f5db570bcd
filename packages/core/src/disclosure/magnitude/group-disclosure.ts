/** Group disclosure: a cell that is nearly its whole row tells something about everybody in the row. */
import type { Equation } from '../interval-audit.ts';

/**
 * Cells that hold more than `groupMax` of a total above them (ESSnet; disclosure.md 1.1, 2.8 and A11). Where all but a few of a group share
 * a trait, saying so discloses the trait of each; and the few are the difference. Empty totals disclose by being empty, which the
 * threshold handles. A line with one part is no comparison.
 */
export function groupDisclosing(values: Float64Array, lines: readonly Equation[], groupMax: number): readonly number[] {
  const found = new Set<number>();
  for (const { total, parts } of lines) {
    const whole = values[total] ?? 0;
    if (parts.length < 2 || whole <= 0) continue;
    for (const part of parts) if ((values[part] ?? 0) > groupMax * whole) found.add(part);
  }
  return [...found].sort((a, b) => a - b);
}
