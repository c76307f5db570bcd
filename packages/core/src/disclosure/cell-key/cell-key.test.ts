/** Cell keys and lookups against cellKey on R, and under the attacks that keys are to withstand. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { chiSquareUpperTail } from '../../statistics/index.ts';
import { recordKeyer } from '../record-key.ts';
import { hasVectors, readVector } from '../testing/privacy-vectors.case.ts';
import { differenceOfKeys, fractionOf, sumOfKeys } from './cell-key.ts';
import { countNoise, noiseAt } from './count-noise.ts';
import { mixedPtable } from './mixed-ptable.ts';
import { defaultFlex, numericNoise } from './numeric-noise.ts';
import { makeNumericPtable, makePtable, type Ptable, type PtableResult } from './ptable.ts';

function feasible(result: PtableResult): Ptable {
  if (!result.isFeasible) throw new Error(result.reason);
  return result.ptable;
}
const ptable = feasible(makePtable({ D: 5, V: 3, js: 2 }));
const DECIMALS = 100_000_000;

const Cell = z.object({ sex: z.string(), icd: z.string() });
const Person = Cell.extend({ node: z.string(), rkey: z.number(), cost: z.number().default(0) });
const isIn = (cell: z.infer<typeof Cell>) => (person: z.infer<typeof Person>) =>
  [person.sex, 'Total'].includes(cell.sex) && [person.icd, 'Total'].includes(cell.icd);
const keysOf = (people: readonly z.infer<typeof Person>[]) => people.map(({ rkey }) => Math.round(rkey * DECIMALS));

describe.skipIf(!hasVectors)('the reference cells', () => {
  test('counts: keys of nodes add up, and every lookup agrees', () => {
    const { microdata, per_node_partial, federated } = z
      .object({
        microdata: z.array(Person),
        per_node_partial: z.record(z.string(), z.array(Cell.extend({ n: z.int(), keysum1e8: z.int() }))),
        federated: z.array(Cell.extend({ uwc: z.int(), puwc: z.int(), pert: z.int(), ckey: z.number() })),
      })
      .parse(readVector('cellkey/federated_counts_D5V3js2.json'));
    expect(federated).toHaveLength(24);
    for (const cell of federated) {
      const parts = Object.entries(per_node_partial).map(([node, cells]) => {
        const people = microdata.filter((person) => person.node === node).filter(isIn(cell));
        const part = cells.find(({ sex, icd }) => sex === cell.sex && icd === cell.icd);
        expect([people.length, sumOfKeys(keysOf(people), DECIMALS)]).toEqual([part?.n, part?.keysum1e8]);
        return part?.keysum1e8 ?? -1;
      });
      const fraction = fractionOf(sumOfKeys(parts, DECIMALS), DECIMALS);
      expect(fraction).toBeCloseTo(cell.ckey, 8);
      expect(countNoise(ptable, cell.uwc, fraction)).toBe(cell.pert);
      expect(cell.uwc + countNoise(ptable, cell.uwc, fraction)).toBe(cell.puwc);
    }
  });

  test('sums of a numeric variable: noise agrees to 1e-6 of the unit', () => {
    const { microdata, modifications, params } = z
      .object({
        params: z.object({
          flex: z.object({ fp: z.number(), p_small: z.number(), p_large: z.number(), q: z.number() }),
          mu_c: z.number(),
        }),
        microdata: z.array(Person),
        modifications: z.array(Cell.extend({ ckey: z.number(), pert: z.number(), x_delta: z.number() })),
      })
      .parse(readVector('cellkey/magnitude_flex_topk1.json'));
    const { fp, p_small: pSmall, p_large: pLarge, q } = params.flex;
    const table = feasible(makeNumericPtable({ D: 10, V: 3, step: 2, classes: [1, 5, 10], optim: 4 }));
    for (const cell of modifications) {
      const people = microdata.filter(isIn(cell));
      const costs = people.map(({ cost }) => cost);
      const fraction = fractionOf(sumOfKeys(keysOf(people), DECIMALS), DECIMALS);
      expect(fraction).toBeCloseTo(cell.ckey, 8);
      const noise = numericNoise(
        table,
        { fp, pSmall, pLarge, q, mu: params.mu_c },
        {
          sum: costs.reduce((sum, cost) => sum + cost, 0),
          greatest: Math.max(0, ...costs),
          fraction,
          isSensitive: false,
        },
      );
      expect(noise).toBeCloseTo(cell.pert, 6);
    }
  });
});

describe('cell keys', () => {
  const keys = fc.array(fc.nat({ max: 2 ** 32 - 1 }), { maxLength: 60 });

  test('do not depend on how records lie on nodes, nor on their order', () => {
    fc.assert(
      fc.property(keys, fc.infiniteStream(fc.nat(3)), (all, places) => {
        const nodes = Array.from({ length: 4 }, (): number[] => []);
        for (const key of all) nodes[places.next().value ?? 0]?.push(key);
        expect(sumOfKeys(nodes.toReversed().map((node) => sumOfKeys(node.toReversed())))).toBe(sumOfKeys(all));
      }),
    );
  });

  test('of a difference are the difference of the keys', () => {
    fc.assert(
      fc.property(keys, keys, (part, rest) => {
        expect(differenceOfKeys(sumOfKeys([...part, ...rest]), sumOfKeys(part))).toBe(sumOfKeys(rest));
      }),
    );
  });

  test.each([-1, 2 ** 32, 0.5, Number.NaN])('refuse %d', (key) => {
    expect(() => sumOfKeys([key])).toThrow(RangeError);
  });

  test('give noise after the law of their row in 100,000 lookups each (chi-square, A20)', () => {
    const keyOf = recordKeyer(new Uint8Array(32).fill(7), 'a dataset');
    const draws = 100_000;
    const keys = Float64Array.from({ length: draws }, (_, i) => sumOfKeys([keyOf(`${i}`), i]));
    for (const count of [1, 2, 3, 5, 8, 400]) {
      const row = ptable.rows[Math.min(count, ptable.rows.length - 1)];
      const seen = new Map<number, number>();
      for (const key of keys) {
        const noise = countNoise(ptable, count, fractionOf(key));
        seen.set(noise, (seen.get(noise) ?? 0) + 1);
      }
      const statistic = (row?.law ?? []).reduce((sum, { noise, probability }) => {
        return sum + ((seen.get(noise) ?? 0) - draws * probability) ** 2 / (draws * probability);
      }, 0);
      expect(chiSquareUpperTail({ x: statistic, df: (row?.law.length ?? 0) - 1 })).toBeGreaterThan(0.001);
    }
  }, 120_000);

  test('give the noise of 52 epochs only once: an attacker who averages learns what one look tells (A1, A10)', () => {
    const keyOf = recordKeyer(new Uint8Array(32).fill(8), 'a dataset');
    const records = Array.from({ length: 17 }, (_, i) => `record ${i}`);
    const answers = new Set(
      Array.from({ length: 52 }, () => countNoise(ptable, 17, fractionOf(sumOfKeys(records.map(keyOf))))),
    );
    expect(answers.size).toBe(1);
    const fresh = new Set(
      Array.from({ length: 52 }, (_, epoch) => {
        const withEpoch = records.map((record) =>
          createHmac('sha256', 'key').update(`${record}|${epoch}`).digest().readUInt32BE(0),
        );
        return countNoise(ptable, 17, fractionOf(sumOfKeys(withEpoch)));
      }),
    );
    expect(fresh.size).toBeGreaterThan(5);
  });
});

describe('lookups', () => {
  test('take the first interval above the key, and refuse keys outside', () => {
    const row = ptable.rows[1]?.intervals ?? [];
    const first = row[0]?.upper ?? 0;
    expect([noiseAt(row, 0), noiseAt(row, first - 1e-9), noiseAt(row, first)]).toEqual([-1, -1, 2]);
    expect(() => noiseAt(row, 1)).toThrow(RangeError);
    expect(() => noiseAt(row, -0.1)).toThrow(RangeError);
    expect(() => countNoise(ptable, -1, 0.5)).toThrow(RangeError);
    expect(() => countNoise(ptable, 2.5, 0.5)).toThrow(RangeError);
    expect(countNoise(ptable, 0, 0.999)).toBe(0);
  });

  test('in a mixed table have the same law, in parts no wider than the threshold, in an order of its own for each seed', () => {
    const [one, again, other] = ['a', 'a', 'b'].map((seed) => mixedPtable(ptable, { seed }));
    expect(one).toEqual(again);
    expect(one).not.toEqual(other);
    one?.rows.forEach(({ count, intervals }, i) => {
      const widths = new Map<number, number>();
      intervals.forEach(({ noise, upper }, j) => {
        const width = upper - (intervals[j - 1]?.upper ?? 0);
        if (count > 0) expect(width).toBeLessThan(0.2 + 1e-8);
        widths.set(noise, (widths.get(noise) ?? 0) + width);
      });
      expect(intervals.at(-1)?.upper).toBe(1);
      for (const { noise, probability } of ptable.rows[i]?.law ?? [])
        expect(widths.get(noise) ?? 0).toBeCloseTo(probability, 6);
    });
    expect(() => mixedPtable(ptable, { seed: 'a', threshold: 0 })).toThrow(RangeError);
  });

  test('of sums never pass 0, mirror negative sums, and leave empty cells alone', () => {
    const table = feasible(makeNumericPtable({ D: 10, V: 3, step: 2, classes: [1, 5, 10], optim: 4 }));
    const flex = { ...defaultFlex, fp: 100 };
    const cells = fc.record({
      parts: fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 20 }),
      fraction: fc.double({ min: 0, max: 0.999, noNaN: true }),
    });
    fc.assert(
      fc.property(cells, ({ parts, fraction }) => {
        const cell = {
          sum: parts.reduce((sum, x) => sum + x, 0),
          greatest: Math.max(...parts),
          fraction,
          isSensitive: false,
        };
        const noise = numericNoise(table, flex, cell);
        expect(cell.sum + noise).toBeGreaterThanOrEqual(0);
        expect(numericNoise(table, flex, { ...cell, sum: -cell.sum, greatest: -cell.greatest })).toBeCloseTo(-noise, 9);
      }),
    );
    expect(numericNoise(table, flex, { sum: 0, greatest: 0, fraction: 0.7, isSensitive: true })).toBe(0);
  });
});
