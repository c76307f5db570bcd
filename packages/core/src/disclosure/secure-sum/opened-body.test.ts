/** The opened total as a table: the threshold acts on noised figures, and the error is that of the law. */
import type { Table } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { openedBody, SUM_VARIANCE, sumError } from './opened-body.ts';
import { wordsOf } from './words.ts';

const table = {
  ...{ model: 'rehab-episode/1', by: [{ variable: 'sex', level: 'code' }], margins: true, coverage: [] },
  measures: [{ kind: 'count' as const, unit: 'persons', where: [] }],
};
const model = { variables: [] };
const opened = { table, model, tableHash: `sha256:${'b'.repeat(64)}`, domain: [[0, 1]], minCellSize: 10 } as const;

describe('an opened total', () => {
  it('shows what reaches the threshold, and withholds zero, little and what noise has made negative alike', () => {
    const [measure] = openedBody({ ...opened, domain: [[0, 1, 2]] }, wordsOf([10n, 9n, -2n, 0n])).measures;
    expect(measure).toMatchObject({
      status: Uint8Array.of(0, 2, 2, 2),
      value: Float64Array.of(10, Number.NaN, Number.NaN, Number.NaN),
    });
  });

  it('of another table is refused', () => {
    expect(() => openedBody(opened, wordsOf([10n, 9n]))).toThrow(RangeError);
  });
});

describe('two totals that are near', () => {
  const women = { kind: 'count' as const, unit: 'persons', where: [{ variable: 'sex', atoms: ['F'] }] };
  const lateWomen = { ...women, where: [...women.where, { variable: 'stage', atoms: ['III', 'IV'] }] };
  const old = { ...women, where: [{ variable: 'age', atoms: ['80'] }] };
  const all = { ...women, where: [] };
  const shownOf = (measures: Table['measures'], margins: boolean, words: readonly bigint[]) =>
    openedBody({ ...opened, table: { ...table, margins, measures } }, wordsOf(words)).measures.map(({ status }) => [
      ...status,
    ]);

  it('of one cell: the one with more conditions is withheld where the two seem to differ by fewer than k, wherever it stands', () => {
    expect(shownOf([women, all], false, [30n, 31n, 39n, 41n])).toEqual([
      [2, 0],
      [0, 0],
    ]);
    expect(shownOf([all, women], false, [39n, 41n, 30n, 31n])).toEqual([
      [0, 0],
      [2, 0],
    ]);
  });

  it('of one cell: noise that has made the part larger than the whole is near as well', () => {
    expect(shownOf([all, women], false, [39n, 41n, 45n, 31n])).toEqual([
      [0, 0],
      [2, 0],
    ]);
  });

  it('are held against what is left: a withheld one withholds no other', () => {
    // In the first cell women are near all and late women near women only; in the second all are below the threshold.
    expect(shownOf([all, women, lateWomen], false, [40n, 9n, 35n, 20n, 28n, 15n])).toEqual([
      [0, 2],
      [2, 0],
      [0, 2],
    ]);
  });

  it('of which neither contains the other by its conditions say nothing about few persons', () => {
    expect(shownOf([women, old], false, [40n, 40n, 40n, 40n])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('a cell that is nearly its total is withheld, and the total stays', () => {
    expect(shownOf([all], true, [30n, 4n, 35n])).toEqual([[2, 2, 0]]);
    expect(shownOf([all], true, [30n, 14n, 44n])).toEqual([[0, 0, 0]]);
  });

  it('a total over one code is the cell itself, which is public', () => {
    const one = openedBody({ ...opened, domain: [[0]] }, wordsOf([30n, 30n]));
    expect([...(one.measures[0]?.status ?? [])]).toEqual([0, 0]);
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
    expect(sd).toBeCloseTo(Math.sqrt(SUM_VARIANCE), 12);
    expect(max).toBeNull();
  });
});
