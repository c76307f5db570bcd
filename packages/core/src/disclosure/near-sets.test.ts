/** Cells that differ by few: by how many they must seem to, so that nobody is told from one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makePtable, type Ptable } from './cell-key/ptable.ts';
import { leastApart } from './near-sets.ts';
import { answering } from './testing/epochs.ts';
import { keyOf, type TestRecord } from './testing/microdata.ts';

function ptable(D: number, V: number, js: number): Ptable {
  const made = makePtable({ D, V, js });
  if (!made.isFeasible) throw new Error(made.reason);
  return made.ptable;
}

describe('the least that two sets must seem to differ by', () => {
  it('is the threshold, and one more than three where figures from three on are shown', () => {
    expect(leastApart(ptable(5, 3, 2), 10)).toBe(10);
    expect(leastApart(ptable(5, 3, 2), 3)).toBe(4);
  });

  it('is reached by one person more in a fifth of cases at most, whatever the noise, and would not be with less', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 12 }), fc.double({ min: 1, max: 6, noNaN: true }), (D, V) => {
        const table = ptable(D, V, 0);
        const law = table.rows.at(-1)?.law ?? [];
        const seen = (few: number): number =>
          law.reduce(
            (sum, one) =>
              law.reduce(
                (part, two) => part + (1 + one.noise - two.noise >= few ? one.probability * two.probability : 0),
                sum,
              ),
            0,
          );
        const least = leastApart(table, 3);
        expect(seen(least)).toBeLessThanOrEqual(0.2);
        if (least > 3) expect(seen(least - 1)).toBeGreaterThan(0.2);
      }),
      { numRuns: 50 },
    );
  });
});

it('two nested counts of one cell hardly tell nobody from one between them, where small figures are shown', () => {
  const people = (first: number, many: number, sex: number): TestRecord[] =>
    Array.from({ length: many }, (_, i) => ({
      ...{ person: first + i, codes: [0, sex], signature: 1, recordKey: keyOf(first + i) },
    }));
  const bothShown = (between: number): number => {
    let times = 0;
    for (let trial = 0; trial < 400; trial++) {
      const records = [...people(5000 * trial, 30, 0), ...people(5000 * trial + 1000, between, 1)];
      const register = answering({ sizes: [2, 2], rules: { belowK: 'show-perturbed' }, forgets: true });
      const [everybody, women] = register.ask({ by: [0], counts: [{}, { 1: [0] }] }, records, 'first');
      if (everybody?.get('0') !== null && women?.get('0') !== null) times++;
    }
    return times / 400;
  };
  expect(bothShown(0)).toBe(0);
  expect(bothShown(1)).toBeLessThanOrEqual(0.2);
});
