/** Totals with noise and what their shown parts leave open about the others. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellGrid } from './cell-grid.ts';
import { withholdNarrow } from './narrow-lines.ts';

const grid = cellGrid([[0, 1, 2]], true);
const [bound, least] = [5, 10];

/** Three parts, then their total; null is withheld. */
const left = (figures: readonly (number | null)[]): number[] => {
  const shown = Uint8Array.from(figures, (figure) => (figure === null ? 0 : 1));
  withholdNarrow({ grid, noised: Float64Array.from(figures, (figure) => figure ?? 0), shown, bound, least });
  return [...shown];
};

describe('parts that are withheld', () => {
  test('are covered by one more where the others come near to the total', () => {
    // At most 60 + 5 - 35 - 25 = 5 are left for the third.
    expect(left([40, 30, null, 60])).toEqual([1, 0, 0, 1]);
  });

  test('need no cover where there is room enough, or no total', () => {
    expect(left([30, 20, null, 60])).toEqual([1, 1, 0, 1]);
    expect(left([40, 30, null, null])).toEqual([1, 1, 0, 0]);
  });

  test('are none where all are shown', () => {
    expect(left([40, 12, 10, 60])).toEqual([1, 1, 1, 1]);
  });

  test('stay open by the threshold, whatever is shown, as long as noise keeps to its bound', () => {
    const figure = fc.option(fc.integer({ min: 10, max: 60 }), { nil: null });
    fc.assert(
      fc.property(fc.tuple(figure, figure, figure), fc.integer({ min: -5, max: 5 }), (parts, noise) => {
        const total = parts.reduce((sum: number, part) => sum + (part ?? 4), 0) + noise;
        const shown = left([...parts, total]);
        const kept = parts.map((part, at) => (shown[at] === 1 ? part : null));
        if (shown[3] === 0 || !kept.includes(null)) return;
        const high = total + bound - kept.reduce((sum: number, part) => sum + Math.max(0, (part ?? bound) - bound), 0);
        const low = total - bound - kept.reduce((sum: number, part) => sum + (part === null ? 0 : part + bound), 0);
        expect(high - Math.max(0, low)).toBeGreaterThanOrEqual(least);
      }),
    );
  });
});
