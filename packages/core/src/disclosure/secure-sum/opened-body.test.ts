/** The opened total as a table: the threshold acts on noised figures, and the error is that of the law. */
import { describe, expect, it } from 'vitest';
import { openedBody, SUM_VARIANCE, sumError } from './opened-body.ts';
import { wordsOf } from './words.ts';

const table = {
  ...{ model: 'rehab-episode/1', by: [{ variable: 'sex', level: 'code' }], margins: true, coverage: [] },
  measures: [{ kind: 'count' as const, unit: 'persons', where: [] }],
};
const opened = { table, tableHash: `sha256:${'b'.repeat(64)}`, domain: [[0, 1]], minCellSize: 10 } as const;

describe('an opened total', () => {
  it('shows what reaches the threshold, and withholds zero, little and what noise has made negative alike', () => {
    const [measure] = openedBody(opened, wordsOf([10n, 9n, -2n])).measures;
    expect(measure).toMatchObject({
      status: Uint8Array.of(0, 2, 2),
      value: Float64Array.of(10, Number.NaN, Number.NaN),
    });
  });

  it('of another table is refused', () => {
    expect(() => openedBody(opened, wordsOf([10n, 9n]))).toThrow(RangeError);
  });
});

describe('the error', () => {
  it('holds 95 of 100 draws of the law, and no fewer bound does', () => {
    const { p95, sd, max } = sumError(SUM_VARIANCE);
    const q = 1 + 1 / SUM_VARIANCE - Math.sqrt((1 + 1 / SUM_VARIANCE) ** 2 - 1);
    const within = (e: number) =>
      Array.from({ length: 2 * e + 1 }, (_, i) => ((1 - q) / (1 + q)) * q ** Math.abs(i - e)).reduce(
        (a, b) => a + b,
        0,
      );
    expect(within(p95)).toBeGreaterThanOrEqual(0.95);
    expect(within(p95 - 1)).toBeLessThan(0.95);
    expect(sd).toBeCloseTo(Math.sqrt(3), 12);
    expect(max).toBeNull();
  });
});
