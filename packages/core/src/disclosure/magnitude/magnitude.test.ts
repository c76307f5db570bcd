/** Rules for sums and counts against the reference, and against what an attacker among the contributors can work out. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { hasVectors, readVector, vectorNames } from '../testing/privacy-vectors.case.ts';
import { type ConcentrationRules, isCertifiedSafe, isConcentrated, protectionNeeded } from './concentration.ts';
import { countRules } from './count-rules.ts';
import { groupDisclosing } from './group-disclosure.ts';
import { withinCap } from './person-cap.ts';

const momentsOf = (contributions: readonly number[]) => ({
  sum: contributions.reduce((sum, x) => sum + x, 0),
  squares: contributions.reduce((sum, x) => sum + x * x, 0),
});

const Magnitude = z.object({
  params: z
    .object({ pPercent: z.number().optional(), n: z.array(z.int()).optional(), k: z.array(z.number()).optional() })
    .transform(
      ({ pPercent, n = [], k = [] }): ConcentrationRules => ({
        nk: n.map((count, i) => [count, k[i] ?? Number.NaN] as const),
        ...(pPercent === undefined ? {} : { pPercent }),
      }),
    ),
  microdata: z.array(z.object({ sector4: z.string(), geo: z.string(), company: z.string(), value: z.number() })),
  cells: z.array(
    z.object({
      sector4: z.string(),
      geo: z.string(),
      value: z.number(),
      n_contr: z.int(),
      sumsq: z.number(),
      primary: z.boolean(),
      moment_bound_safe: z.boolean(),
    }),
  ),
});

describe.skipIf(!hasVectors)('the reference', () => {
  test.each(vectorNames('magnitude'))('%s: sensitive cells and certificates agree', (name) => {
    const { params, microdata, cells } = Magnitude.parse(readVector(`magnitude/${name}`));
    expect(cells.length).toBeGreaterThan(10);
    for (const cell of cells) {
      const inside = microdata.filter(
        ({ sector4, geo }) => [sector4, 'Total'].includes(cell.sector4) && [geo, 'Total'].includes(cell.geo),
      );
      const byCompany = [...Map.groupBy(inside, ({ company }) => company).values()].map((rows) =>
        rows.reduce((sum, { value }) => sum + value, 0),
      );
      const moments = momentsOf(byCompany);
      expect(byCompany).toHaveLength(cell.n_contr);
      expect(moments.sum).toBeCloseTo(cell.value, 6);
      expect(moments.squares).toBeCloseTo(cell.sumsq, 6);
      expect(isConcentrated(byCompany, params)).toBe(cell.primary);
      expect(isCertifiedSafe(moments, params)).toBe(cell.moment_bound_safe);
    }
  });

  test('rounding and hiding of counts agree', () => {
    const shown = z.union([z.number(), z.null(), z.literal('<15').transform(() => null)]);
    const { rows } = z
      .object({
        rows: z.array(
          z.object({
            x: z.int(),
            opensafely: shown,
            midpoint6: shown,
            nhs_hes_subnational: shown,
            cms: shown,
            uscs: shown,
            drb: shown,
          }),
        ),
      })
      .parse(readVector('rules/count_rules.json'));
    expect(rows.length).toBeGreaterThan(50);
    for (const { x, nhs_hes_subnational: nhsHesSubnational, ...others } of rows)
      expect({
        x,
        ...Object.fromEntries(Object.entries(countRules).map(([name, rule]) => [name, rule(x)])),
      }).toEqual({ x, nhsHesSubnational, ...others });
  });
});

const contributions = fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 15 });
const rules = fc.record({
  pPercent: fc.integer({ min: 1, max: 100 }),
  pq: fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 50, max: 100 })),
  nk: fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 50, max: 99 })), { maxLength: 2 }),
});

describe('the certificate from sums of squares', () => {
  test('is never given to a sensitive cell, however contributions lie', () => {
    fc.assert(
      fc.property(contributions, rules, (values, asked) => {
        if (isCertifiedSafe(momentsOf(values), asked)) expect(isConcentrated(values, asked)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test('is given to equal contributions from (1 + p)^2 + 1 persons on', () => {
    const equal = (n: number) => isCertifiedSafe(momentsOf(Array.from({ length: n }, () => 7)), { pPercent: 10 });
    expect([2, 3, 4, 5].map(equal)).toEqual([false, true, true, true]);
  });

  test('is not given to nobody, nor on figures that cannot be', () => {
    expect(isCertifiedSafe({ sum: 0, squares: 0 }, {})).toBe(false);
    expect(isCertifiedSafe({ sum: Number.NaN, squares: 1 }, { pPercent: 10 })).toBe(false);
    expect(isCertifiedSafe({ sum: 10, squares: Number.NaN }, { pPercent: 10 })).toBe(false);
  });
});

describe('the rules of concentration', () => {
  test('leave the second greatest unable to tell the greatest to within p percent (A12)', () => {
    fc.assert(
      fc.property(contributions, fc.integer({ min: 1, max: 60 }), (values, pPercent) => {
        const [first = 0, second = 0] = values.toSorted((a, b) => b - a);
        const estimate = momentsOf(values).sum - second;
        const isClose = first > 0 && estimate - first < (pPercent / 100) * first;
        expect(isConcentrated(values, { pPercent })).toBe(isClose);
        expect(protectionNeeded(values, pPercent) > 0).toBe(isClose);
      }),
    );
  });

  test('judge signed contributions by their size, and pq with q = 100 as p', () => {
    expect(isConcentrated([-900, 10, 10], { pPercent: 10 })).toBe(true);
    expect(isConcentrated([500, -500, 400, -400], { pPercent: 10, nk: [[1, 80]] })).toBe(false);
    fc.assert(
      fc.property(contributions, fc.integer({ min: 1, max: 60 }), (values, p) => {
        expect(isConcentrated(values, { pq: [p, 100] })).toBe(isConcentrated(values, { pPercent: p }));
      }),
    );
  });
});

describe('group disclosure', () => {
  const lines = [
    { total: 0, parts: [1, 2] },
    { total: 3, parts: [4, 5] },
    { total: 6, parts: [7, 8] },
    { total: 9, parts: [1, 4] },
  ];

  test('names cells above nine tenths of a total over them, all-positive groups among them (A11)', () => {
    const values = Float64Array.from([100, 91, 9, 20, 20, 0, 0, 0, 0, 111]);
    expect(groupDisclosing(values, lines, 0.9)).toEqual([1, 4]);
    expect(groupDisclosing(Float64Array.from([100, 90, 10, 20, 10, 10, 0, 0, 0, 100]), lines, 0.9)).toEqual([]);
    expect(groupDisclosing(Float64Array.from([50]), [{ total: 0, parts: [0] }], 0.9)).toEqual([]);
  });
});

describe('the cap of records per person', () => {
  const records = fc.uniqueArray(
    fc.record({ person: fc.constantFrom('a', 'b', 'c'), record: fc.uuid(), key: fc.nat(5) }),
    { selector: ({ record }) => record, maxLength: 30 },
  );

  test('leaves everybody at most that many, and nobody fewer than they have or may have', () => {
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 5 }), (all, cap) => {
        const kept = Map.groupBy(withinCap(all, cap), ({ person }) => person);
        for (const [person, own] of Map.groupBy(all, (record) => record.person))
          expect(kept.get(person)).toHaveLength(Math.min(cap, own.length));
      }),
    );
  });

  test('keeps the same records in whichever order they come, and whatever others have', () => {
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 5 }), (all, cap) => {
        const kept = (some: typeof all) => new Set(withinCap(some, cap).map(({ record }) => record));
        expect(kept(all.toReversed())).toEqual(kept(all));
        const alone = all.filter(({ person }) => person === 'a');
        for (const record of kept(alone)) expect(kept(all)).toContain(record);
      }),
    );
    expect(() => withinCap([], 0)).toThrow(RangeError);
  });
});
