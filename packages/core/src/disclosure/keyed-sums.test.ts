/** Sums over persons: who holds most of one is never told from it (A12), and its noise is that of the reference. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { cellGrid } from './cell-grid.ts';
import { fractionOf } from './cell-key/cell-key.ts';
import { classOf, disclosedSums, settle, sumFraction } from './keyed-sums.ts';
import { cellKeyRulesOf, ptableOf } from './protection.ts';
import { figuresByKeys, noiseKey } from './testing/keyed.ts';
import { keyOf, sumsOf, type TestRecord } from './testing/microdata.ts';
import { hasVectors, readVector } from './testing/privacy-vectors.case.ts';

type Valued = TestRecord & { readonly value: number | null };

const valued = (values: readonly (number | null)[], codes: readonly number[] = [], first = 0): Valued[] =>
  values.map((value, i) => ({ person: first + i, codes, signature: 1, recordKey: keyOf(first + i), value }));

const shownSum = (records: readonly Valued[], variable = 'costs'): number | null => {
  const [figures] = figuresByKeys({
    table: { model: 'stay/1', by: [], margins: false, coverage: [], measures: [{ kind: 'sum', variable, where: [] }] },
    tableHash: `sha256:${'0'.repeat(64)}`,
    domain: [],
    raw: { measures: [sumsOf(records, 0, false)], atoms: null },
    rates: new Map(),
  });
  return figures?.get('') ?? null;
};

describe('a sum', () => {
  test('is withheld about fewer than ten persons, whatever the noise of their number', () => {
    for (let first = 0; first < 40_000; first += 1000)
      for (const many of [1, 5, 9]) expect(shownSum(valued(new Array(many).fill(100), [], first))).toBeNull();
  });

  test('is withheld where one person, or two, hold most of it', () => {
    const others = new Array<number>(60).fill(10);
    expect(shownSum(valued([...others, 100]))).not.toBeNull();
    expect(shownSum(valued([...others, 3000]))).toBeNull();
    expect(shownSum(valued([...others, 7000, 7000]))).toBeNull();
  });

  test('is withheld where somebody has no figure, and where it is 0: all would be 0', () => {
    expect(shownSum(valued([...new Array<number>(60).fill(10), null]))).toBeNull();
    expect(shownSum(valued(new Array<number>(60).fill(0)))).toBeNull();
  });

  test('where it is shown, does not tell the greatest contribution within p per cent to those who know all others', () => {
    const values = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 20, maxLength: 60 });
    let close = 0;
    let shown = 0;
    fc.assert(
      fc.property(values, fc.nat(1_000_000), (all, first) => {
        const figure = shownSum(valued(all, [], first * 100));
        if (figure === null) return;
        const [greatest = 0, second = 0] = all.toSorted((a, b) => b - a);
        // The second greatest contributor knows its own, and takes the sum less that for a bound.
        expect(all.reduce((sum, x) => sum + x, 0) - second - greatest).toBeGreaterThanOrEqual(0.1 * greatest);
        // Nor does the figure that leaves, by chance of its noise.
        expect(figure - second).toBeGreaterThanOrEqual(1.1 * greatest);
        const others = all.reduce((sum, x) => sum + x, 0) - greatest;
        shown += 1;
        if (Math.abs(figure - others - greatest) < 0.02 * greatest) close += 1;
      }),
      { numRuns: 300 },
    );
    expect(shown).toBeGreaterThan(200);
    expect(close / shown).toBeLessThan(0.35);
  });

  test('has the same noise again, and another one for another variable', () => {
    const records = Array.from({ length: 30 }, (_, i) => valued(new Array<number>(40).fill(100), [], 100 * i));
    const ofCosts = records.map((own) => shownSum(own));
    expect(records.map((own) => shownSum(own.toReversed()))).toEqual(ofCosts);
    expect(records.map((own) => shownSum(own, 'days'))).not.toEqual(ofCosts);
  });

  test('comes with a class of its noise, and no digit beyond', () => {
    expect([0.2, 1, 1.01, 3, 3.5, 29, 31].map(classOf)).toEqual(
      [0.3, 1, 3, 3, 10, 30, 100].map((x) => expect.closeTo(x)),
    );
    const figure = shownSum(valued(new Array<number>(60).fill(1234))) ?? 0;
    expect(Math.abs(figure / 10 - Math.round(figure / 10))).toBeLessThan(1e-9);
  });
});

describe.skipIf(!hasVectors)('the reference sums', () => {
  const Cell = z.object({ sex: z.string(), icd: z.string() });
  const Reference = z.object({
    params: z.object({ flex: z.object({ fp: z.number(), p_small: z.number(), p_large: z.number(), q: z.number() }) }),
    microdata: z.array(Cell.extend({ id: z.int(), rkey: z.number(), cost: z.int() })),
    modifications: z.array(Cell.extend({ pert: z.number() })),
  });

  test('have the noise of the reference, cell by cell, but for digits that do not leave', () => {
    const { params, microdata, modifications } = Reference.parse(readVector('cellkey/magnitude_flex_topk1.json'));
    const { fp, p_small: pSmall, p_large: pLarge, q } = params.flex;
    const sexes = [...new Set(microdata.map(({ sex }) => sex))].sort();
    const icds = [...new Set(microdata.map(({ icd }) => icd))].sort();
    const records = microdata.map(({ id, sex, icd, rkey, cost }) => ({
      person: id,
      codes: [sexes.indexOf(sex), icds.indexOf(icd)],
      signature: 1,
      recordKey: Math.round(rkey * 2 ** 32) % 2 ** 32,
      value: cost,
    }));
    const disclosure = { method: 'cell-key', nk: [], flex: { fp, pSmall, pLarge, q } } as const;
    const rules = cellKeyRulesOf({ disclosure: { ...disclosure, nk: [] } });
    if (rules === null) throw new Error('expected rules');
    const grid = cellGrid([sexes.map((_, i) => i), icds.map((_, i) => i)], true);
    const sums = disclosedSums({
      raw: sumsOf(records, 2, true),
      grid,
      rules,
      ptable: ptableOf(rules.perturbation),
      minCellSize: 3,
      fraction: fractionOf,
    });
    const { value, sd } = settle(sums);
    let compared = 0;
    for (const { sex, icd, pert } of modifications) {
      const keys = [[sexes.indexOf(sex) >>> 0], [icds.indexOf(icd) >>> 0]].map((key) => Uint32Array.from(key));
      const cell = grid.indexOf(keys, 0);
      if (sums.shown[cell] !== 1) continue;
      const exact = microdata
        .filter(
          (one) => [sex, 'Total'].includes(sex) && [one.sex, 'Total'].includes(sex) && [one.icd, 'Total'].includes(icd),
        )
        .reduce((sum, { cost }) => sum + cost, 0);
      const step = 10 ** (Math.floor(Math.log10(sd[cell] ?? 1)) - 1);
      expect(Math.abs((value[cell] ?? 0) - exact - pert)).toBeLessThanOrEqual(step / 2 + 1e-3);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(5);
  });
});

test('a fraction of a sum lies in [0, 1) and follows key, variable and holder', () => {
  const of = (variable: string, key: Uint8Array) => sumFraction(key, 'stay/1', variable)(77);
  expect(of('costs', noiseKey)).toBe(of('costs', noiseKey));
  const all = [of('costs', noiseKey), of('days', noiseKey), of('costs', new Uint8Array(32).fill(1))];
  expect(new Set(all).size).toBe(3);
  for (const fraction of all) expect(fraction >= 0 && fraction < 1).toBe(true);
});
