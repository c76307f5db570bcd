/** The bounds of linear programmes against enumeration and against a second solver. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { intervalsOf } from './interval-audit.ts';
import { polytope } from './simplex.ts';
import { interval } from './testing/linear-program.ts';

const onesOf = (row: readonly number[]) => row.flatMap((value, j) => (value === 1 ? [j] : []));

const systems = fc.integer({ min: 2, max: 7 }).chain((columns) =>
  fc.record({
    point: fc.array(fc.nat(12), { minLength: columns, maxLength: columns }),
    rows: fc.array(fc.array(fc.constantFrom(0, 1), { minLength: columns, maxLength: columns }), {
      minLength: 1,
      maxLength: 6,
    }),
    objectives: fc.array(fc.array(fc.constantFrom(0, 1), { minLength: columns, maxLength: columns }), {
      minLength: 1,
      maxLength: 5,
    }),
  }),
);
const dot = (row: readonly number[], point: readonly number[]) =>
  row.reduce((sum, value, j) => sum + value * (point[j] ?? 0), 0);

describe('the polytope of known sums', () => {
  test('has the bounds that a second solver finds, one objective after the other', () => {
    fc.assert(
      fc.property(systems, ({ point, rows, objectives }) => {
        const values = rows.map((row) => dot(row, point));
        const space = polytope(
          rows.map((row, i) => ({ columns: onesOf(row), value: values[i] ?? 0 })),
          point.length,
        );
        for (const objective of objectives) {
          const [lower, upper] = interval(rows, values, objective);
          const greatest = space.maximise(Float64Array.from(objective));
          const least = -space.maximise(Float64Array.from(objective, (x) => -x));
          if (upper === Number.POSITIVE_INFINITY) expect(greatest).toBe(upper);
          else expect(greatest).toBeCloseTo(upper, 6);
          expect(least).toBeCloseTo(lower, 6);
          const vertex = [...space.vertex()];
          for (const [i, row] of rows.entries()) expect(dot(row, vertex)).toBeCloseTo(values[i] ?? 0, 6);
          expect(Math.min(...vertex)).toBeGreaterThan(-1e-6);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('is empty where sums contradict each other', () => {
    expect(() =>
      polytope(
        [
          { columns: [0, 1], value: 2 },
          { columns: [0], value: 3 },
        ],
        2,
      ),
    ).toThrow(RangeError);
  });
});

describe('quick bounds', () => {
  test('contain the exact ones', () => {
    fc.assert(
      fc.property(systems, ({ point, rows }) => {
        const values = Float64Array.from([...point, ...rows.map((row) => dot(row, point))]);
        const shown = Uint8Array.from(values, (_, i) => (i < point.length ? 0 : 1));
        const equations = rows.map((row, i) => ({ total: point.length + i, parts: onesOf(row) }));
        const { lower, upper } = intervalsOf(values, shown, equations);
        point.forEach((_, j) => {
          const [least, greatest] = interval(
            rows,
            rows.map((row) => dot(row, point)),
            point.map((_, at) => (at === j ? 1 : 0)),
          );
          expect(lower[j]).toBeLessThanOrEqual(least + 1e-6);
          expect(upper[j]).toBeGreaterThanOrEqual(greatest - 1e-6);
        });
      }),
    );
  });

  test('see that a total equal to one part leaves nothing for the other', () => {
    const { lower, upper } = intervalsOf(Float64Array.of(7, 7, 0), Uint8Array.of(1, 1, 0), [
      { total: 0, parts: [1, 2] },
    ]);
    expect([lower[2], upper[2]]).toEqual([0, 0]);
  });
});
