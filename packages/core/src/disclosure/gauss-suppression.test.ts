/** Elimination against exact rational rank. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gaussSuppression } from './gauss-suppression.ts';
import { eliminate, isProportional, type Row } from './integer-rows.ts';
import { rank } from './testing/linear-program.ts';

const sparse = (row: readonly number[]): Row =>
  new Map(row.flatMap((value, j) => (value === 0 ? [] : [[j, value] as const])));

const systems = fc.integer({ min: 2, max: 7 }).chain((columns) => {
  const row = fc.array(fc.constantFrom(0, 1), { minLength: columns, maxLength: columns });
  return fc.record({
    candidates: fc.array(row, { maxLength: 10 }),
    targets: fc.array(row, { minLength: 1, maxLength: 4 }),
  });
});

describe('suppression by elimination', () => {
  test('leaves no target in the row space of what is shown, and hides nothing without need', () => {
    fc.assert(
      fc.property(systems, ({ candidates, targets }) => {
        const shown = gaussSuppression(candidates.map(sparse), targets.map(sparse));
        const rows: number[][] = [];
        const isGiven = (target: number[], by: number[][]) => by.length > 0 && rank([...by, target]) === rank(by);
        const hidden = targets.filter((target) => target.includes(1));
        candidates.forEach((candidate, i) => {
          const safe = hidden.every((target) => !isGiven(target, [...rows, candidate]));
          expect(shown[i]).toBe(safe);
          if (shown[i] === true) rows.push(candidate);
        });
      }),
      { numRuns: 500 },
    );
  });

  test('hides a candidate whose elimination would no longer be exact', () => {
    const huge = 2 ** 52 + 1;
    expect(
      eliminate(
        new Map([
          [0, 3],
          [1, huge],
        ]),
        {
          column: 0,
          row: new Map([
            [0, 2],
            [1, 1],
          ]),
        },
      ),
    ).toBeNull();
    expect(
      gaussSuppression(
        [
          new Map([
            [0, 2],
            [1, 1],
          ]),
        ],
        [
          new Map([
            [0, 3],
            [1, huge],
          ]),
        ],
      ),
    ).toEqual([false]);
  });

  test('knows multiples in lowest terms by their sign alone', () => {
    expect(isProportional(sparse([1, -2]), sparse([-1, 2]))).toBe(true);
    expect(isProportional(sparse([1, -2]), sparse([1, 2]))).toBe(false);
    expect(isProportional(sparse([1, 2]), sparse([1, 0, 2]))).toBe(false);
  });
});
