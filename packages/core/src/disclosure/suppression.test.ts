/** Suppressed counts under attack: no hidden figure about fewer than k persons follows from what is shown. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TOTAL } from '@revier/schema';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { statusByte } from './columns.ts';
import { discloseLocal } from './disclose-local.ts';
import type { DisclosureInput } from './disclosure-input.ts';
import { interval, rank } from './testing/linear-program.ts';
import { countInput, countTable, crossProduct, recordsOf } from './testing/microdata.ts';

const noiseKey = new Uint8Array(32).fill(3);

/** What an attacker writes down: one equation over the cells without totals for each shown figure. */
interface Attack {
  readonly equations: readonly (readonly number[])[];
  readonly values: readonly number[];
  /** Rows of withheld figures about fewer than k persons, and the figures. */
  readonly hidden: readonly { readonly row: readonly number[]; readonly value: number }[];
}

function attackOn(input: DisclosureInput, figures: readonly number[], k: number): Attack {
  const { keys, measures } = discloseLocal(input, { minCellSize: k }, noiseKey).body;
  const [columns] = measures;
  if (columns?.kind !== 'count') throw new Error('expected a count');
  const base = crossProduct(input.domain);
  const cells = [...columns.status].map((status, cell) => {
    const row = base.map((codes) => (codes.every((code, d) => [TOTAL, code].includes(keys[d]?.[cell] ?? -1)) ? 1 : 0));
    return {
      row,
      status,
      shown: columns.value[cell] ?? Number.NaN,
      value: row.reduce<number>((sum, x, i) => sum + x * (figures[i] ?? 0), 0),
    };
  });
  const shown = cells.filter(({ status }) => status === statusByte('value'));
  for (const cell of shown) expect(cell.shown).toBe(cell.value);
  for (const cell of cells)
    if (cell.status !== statusByte('value'))
      expect([cell.status, cell.shown]).toEqual([statusByte('withheld'), Number.NaN]);
  return {
    equations: shown.map(({ row }) => row),
    values: shown.map(({ value }) => value),
    hidden: cells.filter(({ status, value }) => status !== statusByte('value') && value < k),
  };
}

function expectSafe({ equations, values, hidden }: Attack, k: number): void {
  const known = rank(equations);
  for (const { row, value } of hidden) {
    if (equations.length > 0) expect(rank([...equations, row])).toBe(known + 1);
    const [lower, upper] = interval(equations, values, row);
    expect(upper - lower).toBeGreaterThan(k - 1e-6);
    if (value > 0) expect(upper - value).toBeGreaterThan(k / 2 - 1e-6);
  }
}

const tables = fc.constantFrom([3, 3], [2, 5], [4, 4], [2, 3, 2], [3, 3, 3]).chain((shape) =>
  fc.record({
    domain: fc.constant(shape.map((size) => Array.from({ length: size }, (_, code) => code))),
    figures: fc.array(fc.oneof(fc.nat(4), fc.nat(25), fc.constant(0)), {
      minLength: shape.reduce((a, b) => a * b, 1),
      maxLength: shape.reduce((a, b) => a * b, 1),
    }),
    k: fc.constantFrom(3, 5, 10),
  }),
);

describe('a table of counts with its margins', () => {
  test('gives no figure below k away, neither by rational elimination nor by linear programming (A8)', () => {
    fc.assert(
      fc.property(tables, ({ domain, figures, k }) => {
        expectSafe(
          attackOn(countInput(countTable(domain.length, true, [[]]), domain, recordsOf(domain, figures)), figures, k),
          k,
        );
      }),
      { numRuns: 150 },
    );
  });

  test('leaves several values for every hidden figure when an attacker tries all tables', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { minLength: 4, maxLength: 4 }), (figures) => {
        const domain = [
          [0, 1],
          [0, 1],
        ];
        const attack = attackOn(countInput(countTable(2, true, [[]]), domain, recordsOf(domain, figures)), figures, 3);
        const possible = crossProduct(Array.from({ length: 4 }, () => Array.from({ length: 14 }, (_, x) => x))).filter(
          (table) =>
            attack.equations.every(
              (row, i) => row.reduce<number>((sum, x, j) => sum + x * (table[j] ?? 0), 0) === attack.values[i],
            ),
        );
        for (const { row } of attack.hidden) {
          const seen = new Set(
            possible.map((table) => row.reduce<number>((sum, x, j) => sum + x * (table[j] ?? 0), 0)),
          );
          expect(Math.max(...seen) - Math.min(...seen)).toBeGreaterThanOrEqual(3);
        }
      }),
      { numRuns: 40 },
    );
  }, 30_000);

  test('is shown whole where every figure is about k persons or more', () => {
    const domain = [
      [0, 1, 2],
      [0, 1],
    ];
    const figures = [10, 11, 12, 13, 14, 15];
    expect(
      attackOn(countInput(countTable(2, true, [[]]), domain, recordsOf(domain, figures)), figures, 10).equations,
    ).toHaveLength(12);
  });

  test('is hidden whole where there is nobody', () => {
    const domain = [
      [0, 1],
      [0, 1],
    ];
    expect(attackOn(countInput(countTable(2, true, [[]]), domain, []), [0, 0, 0, 0], 5).equations).toHaveLength(0);
  });

  test('does not depend on the order in which records come', () => {
    fc.assert(
      fc.property(tables, fc.infiniteStream(fc.nat()), ({ domain, figures, k }, order) => {
        const table = countTable(domain.length, true, [[]]);
        const records = recordsOf(domain, figures);
        const shuffled = records.map((record) => ({ record, at: order.next().value ?? 0 })).sort((a, b) => a.at - b.at);
        const release = (input: DisclosureInput) => discloseLocal(input, { minCellSize: k }, noiseKey).body;
        expect(
          release(
            countInput(
              table,
              domain,
              shuffled.map(({ record }) => record),
            ),
          ),
        ).toEqual(release(countInput(table, domain, records)));
      }),
      { numRuns: 30 },
    );
  });

  test('of 530 cells is judged in seconds', () => {
    const domain = [53, 2, 5].map((size) => Array.from({ length: size }, (_, code) => code));
    const figures = crossProduct(domain).map((_, i) => (i * 7919) % 23);
    const begun = performance.now();
    attackOn(countInput(countTable(3, true, [[]]), domain, recordsOf(domain, figures)), figures, 5);
    expect(performance.now() - begun).toBeLessThan(15_000);
  }, 30_000);

  test('too large to be judged shows no margin, and its cells as before', () => {
    const domain = [700, 3].map((size) => Array.from({ length: size }, (_, code) => code));
    const figures = crossProduct(domain).map((_, i) => i % 30);
    const { equations } = attackOn(
      countInput(countTable(2, true, [[]]), domain, recordsOf(domain, figures)),
      figures,
      10,
    );
    expect(equations.every((row) => row.filter((x) => x === 1).length === 1)).toBe(true);
    expect(equations).toHaveLength(figures.filter((figure) => figure >= 10).length);
  }, 30_000);
});

const folder = process.env.REVIER_SHARED_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const vectors = `${folder}/privacy-vectors/suppression`;
const Vector = z.object({
  id: z.string(),
  params: z.object({ maxN: z.int() }),
  inner: z.array(z.record(z.string(), z.union([z.string(), z.number()]))),
});
/** Which columns of a vector are its dimensions, and which is its figure. */
const shapes: Record<string, { by: string[]; figure: string }> = {
  singleton_3x5_none: { by: ['var1', 'var2'], figure: 'f' },
  singleton_3x5_anySum: { by: ['var1', 'var2'], figure: 'f' },
  mun_accidents_maxN3_protectZeros: { by: ['mun', 'inj'], figure: 'freq' },
  mun_accidents_maxN3_rangeMin3: { by: ['mun', 'inj'], figure: 'freq' },
  mun_accidents_maxN3_zerosPublished: { by: ['mun', 'inj'], figure: 'freq' },
  d2_hierarchy_maxN2: { by: ['region', 'main_income'], figure: 'f' },
  synthetic_icd_sex_age_maxN4: { by: ['icd', 'sex', 'age'], figure: 'n' },
};

describe.skipIf(!existsSync(vectors))('the reference tables', () => {
  test('are all here', () => {
    const files = readdirSync(vectors)
      .map((name) => name.replace('.json', ''))
      .filter((name) => name !== 'variance_guard_2x2x2');
    expect(files.sort()).toEqual(Object.keys(shapes).sort());
  });

  test.each(Object.entries(shapes))('%s is safe under elimination and linear programming', (name, { by, figure }) => {
    const { inner, params } = Vector.parse(JSON.parse(readFileSync(`${vectors}/${name}.json`, 'utf8')));
    const levels = by.map((column) => [...new Set(inner.map((row) => row[column]))].sort());
    const domain = levels.map((codes) => codes.map((_, code) => code));
    const figures = crossProduct(domain).map((codes) => {
      const found = inner.find((row) => by.every((column, d) => row[column] === levels[d]?.[codes[d] ?? -1]));
      return Number(found?.[figure] ?? 0);
    });
    const k = params.maxN + 1;
    const attack = attackOn(
      countInput(countTable(by.length, true, [[]]), domain, recordsOf(domain, figures)),
      figures,
      k,
    );
    expect(attack.equations.length).toBeGreaterThan(0);
    expectSafe(attack, k);
  });
});
