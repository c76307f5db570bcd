/** Counts by cell keys: the same records have the same noise, small and empty look alike, and nothing near is shown twice. */
import type { Table } from '@revier/schema';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chiSquareUpperTail } from '../statistics/index.ts';
import { makePtable, type PtableRow } from './cell-key/ptable.ts';
import { discloseLocal } from './disclose-local.ts';
import { cellKeyRulesOf } from './protection.ts';
import { countsByKeys, figuresByKeys, keyedRecords, noiseKey } from './testing/keyed.ts';
import { countInput, countTable, crossProduct, keyOf, type TestRecord } from './testing/microdata.ts';

const [areas, sexes] = [
  [0, 1, 2],
  [0, 1],
];
const domain = [areas, sexes];

/** Any people in any cells; some stand in several. */
const people = fc
  .array(fc.tuple(fc.nat(80), fc.constantFrom(...crossProduct(domain))), { maxLength: 150 })
  .map((rows) =>
    rows.map(([person, codes], record): TestRecord => ({ person, codes, signature: 1, recordKey: keyOf(record) })),
  );

describe('the same records', () => {
  test('have the same figure in whichever table, order and place they stand (A1, A2)', () => {
    fc.assert(
      fc.property(people, (records) => {
        const table = countsByKeys(records, domain);
        expect(countsByKeys(records.toReversed(), domain)).toEqual(table);
        for (const codes of crossProduct(domain)) {
          const inside = records.filter((record) => record.codes.join() === codes.join());
          const alone = countsByKeys(
            inside.map((record) => ({ ...record, codes: [] })),
            [],
          );
          expect(alone.get('')).toBe(table.get(codes.join(' ')));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('have it under every name and condition, and another one under another key', () => {
    const records = keyedRecords(areas.map((area) => ({ codes: [area], many: 40 + area })));
    const asked = (where: Table['measures'][number]['where'], variable: string) => {
      const table = countTable(1, false, [where]);
      const renamed = { ...table, by: [{ variable, level: 'code' }] };
      return figuresByKeys(countInput(renamed, [areas], records));
    };
    const first = asked([], 'area');
    expect(asked([{ variable: 'site', atoms: ['C50'] }], 'district')).toEqual(first);
    const others = Array.from({ length: 60 }, (_, i) => keyedRecords([{ codes: [], many: 40 }], 1000 * i + 1000));
    expect(new Set(others.map((own) => countsByKeys(own, []).get(''))).size).toBeGreaterThan(5);
  });
});

describe('what is shown', () => {
  test('is k at least, about k persons at least, within the bound of the truth, and never a data zero (A11)', () => {
    fc.assert(
      fc.property(people, fc.boolean(), (records, margins) => {
        for (const [cell, figure] of countsByKeys(records, domain, { margins })) {
          const inside = records.filter(({ codes }) =>
            cell.split(' ').every((code, d) => code === '*' || code === String(codes[d])),
          );
          if (figure === null) continue;
          expect(inside.length).toBeGreaterThan(0);
          expect(figure).toBeGreaterThanOrEqual(10);
          expect(Math.abs(figure - inside.length)).toBeLessThanOrEqual(5);
          expect(new Set(inside.map(({ person }) => person)).size).toBeGreaterThanOrEqual(10 - 5);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('is nothing about many records of few persons', () => {
    const records = Array.from({ length: 60 }, (_, i) => ({
      person: i % 4,
      codes: [],
      signature: 1,
      recordKey: keyOf(i),
    }));
    expect(countsByKeys(records, []).get('')).toBeNull();
  });

  test('begins with 3 where the holder shows small figures, and 0 looks like 1 and 2 still', () => {
    const shown = Array.from({ length: 400 }, (_, i) =>
      countsByKeys(keyedRecords([{ codes: [], many: i % 5 }], 10 * i), [], {
        rules: { belowK: 'show-perturbed' },
      }).get(''),
    );
    const figures = shown.filter((figure) => typeof figure === 'number');
    expect(Math.min(...figures)).toBe(3);
    expect(shown.filter((_, i) => i % 5 === 0).every((figure) => figure === null)).toBe(true);
    expect(shown.some((figure, i) => i % 5 === 1 && figure !== null)).toBe(true);
  });

  test('is no count that is nearly its whole row or column', () => {
    const cells = [
      { codes: [0, 0], many: 500 },
      { codes: [0, 1], many: 30 },
      { codes: [1, 0], many: 200 },
      { codes: [1, 1], many: 120 },
    ];
    const rows = countsByKeys(keyedRecords(cells), [[0, 1], sexes], { rules: { groupMax: 0.9 } });
    expect([...rows.values()].map((figure) => figure === null)).toEqual([true, false, false, false]);
    const lax = countsByKeys(keyedRecords(cells), [[0, 1], sexes], { rules: { groupMax: 1 } });
    expect([...lax.values()]).not.toContain(null);
  });
});

describe('the noise (A20)', () => {
  const made = makePtable({ D: 5, V: 3, js: 2 });
  if (!made.isFeasible) throw new Error(made.reason);

  test.each([12, 15, 20])('of a count of %d follows the law of its row (chi-square)', (many) => {
    const cells = 3000;
    const codes = Array.from({ length: cells }, (_, i) => i);
    const records = keyedRecords(
      codes.map((code) => ({ codes: [code], many })),
      many * 1_000_000,
    );
    const figures = countsByKeys(records, [codes], { k: 5 });
    const row = made.ptable.rows[Math.min(many, made.ptable.rows.length - 1)];
    expect(
      pValueOf(
        [...figures.values()].map((figure) => (figure ?? Number.NaN) - many),
        row,
      ),
    ).toBeGreaterThan(0.001);
  });

  test('changes with a single record as often as two draws differ', () => {
    const cells = Array.from({ length: 4000 }, (_, i) => i);
    const all = cells.flatMap((code) => keyedRecords([{ codes: [code], many: 20 }], code * 100));
    const without = all.filter(({ person }) => person % 100 !== 7);
    const [full, less] = [all, without].map((records) => [...countsByKeys(records, [cells]).values()]);
    const law = new Map(made.ptable.rows.at(-1)?.law.map(({ noise, probability }) => [noise, probability]));
    const expected = [...law].reduce((sum, [noise, p]) => sum + p * (law.get(noise + 1) ?? 0), 0);
    const equal = cells.filter((cell) => full?.[cell] === less?.[cell]).length / cells.length;
    expect(Math.abs(equal - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / cells.length));
  });
});

function pValueOf(noises: readonly number[], row: PtableRow | undefined): number {
  const law = row?.law.filter(({ probability }) => probability * noises.length >= 5) ?? [];
  const seen = (noise: number) => noises.filter((one) => one === noise).length;
  const statistic = law.reduce((sum, { noise, probability }) => {
    const expected = probability * noises.length;
    return sum + (seen(noise) - expected) ** 2 / expected;
  }, 0);
  return chiSquareUpperTail({ x: statistic, df: law.length - 1 });
}

describe('figures that differ by a few (A4)', () => {
  const withWomen = (women: number, first: number) =>
    countsByKeys(
      keyedRecords(
        [
          { codes: [0], many: 200 },
          { codes: [1], many: women },
        ],
        first,
      ),
      [sexes],
      { margins: true },
    );

  test('are not both shown: a total and all but nobody, one, or a few of it look alike', () => {
    for (const women of [0, 1, 2, 3, 4])
      for (const first of [0, 500, 1000, 1500]) {
        const figures = withWomen(women, first);
        expect([figures.get('0'), figures.get('1')]).toEqual([null, null]);
        expect(figures.get('*')).toBeGreaterThan(190);
      }
    expect(withWomen(40, 0).get('0')).toBeGreaterThan(190);
  });

  test('are both shown where the table has no other code: then they are one figure by its shape', () => {
    const figures = countsByKeys(keyedRecords([{ codes: [0], many: 50 }]), [[0]], { margins: true });
    expect(figures.get('0')).toBe(figures.get('*'));
    expect(figures.get('0')).not.toBeNull();
  });

  const counts = (inBoth: number, rest: number, unit = 'persons') => {
    const table = countTable(0, false, [[], [{ variable: 'stage', atoms: ['known'] }]]);
    const second = table.measures[1];
    const measures = [...table.measures.slice(0, 1), ...(second ? [{ ...second, unit }] : [])] as Table['measures'];
    const records = [
      ...keyedRecords([{ codes: [], many: inBoth }]).map((record) => ({ ...record, signature: 3 })),
      ...keyedRecords([{ codes: [], many: rest }], 10_000),
    ];
    return figuresByKeys(countInput({ ...table, measures }, [], records)).map((figures) => figures.get(''));
  };

  test('are not both shown where one count is nearly another', () => {
    for (const rest of [0, 1, 2, 3, 4]) {
      const [all, known] = counts(300, rest);
      expect(known).toBeNull();
      expect(all).toBeGreaterThan(290);
    }
    expect(counts(300, 60)[1]).toBeGreaterThan(290);
  });

  test('leave it to the conditions which of two near counts stays: it would say whether they differ (A3)', () => {
    const table = countTable(0, false, [[{ variable: 'stage', atoms: ['known'] }], []]);
    for (const rest of [0, 1, 2]) {
      const records = [
        ...keyedRecords([{ codes: [], many: 300 }]).map((record) => ({ ...record, signature: 3 })),
        ...keyedRecords([{ codes: [], many: rest }], 10_000).map((record) => ({ ...record, signature: 2 })),
      ];
      const [known, all] = figuresByKeys(countInput(table, [], records)).map((figures) => figures.get(''));
      expect([known === null, all === null]).toEqual([true, false]);
    }
  });

  test('leave the verdict to the perturbed difference, so that k - 1 and k cannot be told for sure (A24)', () => {
    const verdicts = (women: number) =>
      Array.from({ length: 60 }, (_, i) => withWomen(women, 1000 * i).get('0') !== null);
    for (const women of [9, 10]) expect(new Set(verdicts(women)).size).toBe(2);
  });
});

describe('a table', () => {
  test('of suppressed counts is what it was, keys or not', () => {
    const records = keyedRecords(crossProduct(domain).map((codes, i) => ({ codes, many: 9 + i })));
    const input = countInput(countTable(2, true, [[]]), domain, records);
    const plain = discloseLocal(input, { minCellSize: 10 }, noiseKey);
    const none = discloseLocal(input, { minCellSize: 10, cellKeys: cellKeyRulesOf({}) }, noiseKey);
    const chosen = discloseLocal(
      input,
      { minCellSize: 10, cellKeys: cellKeyRulesOf({ disclosure: { method: 'suppress' } }) },
      noiseKey,
    );
    expect(none.body).toEqual(plain.body);
    expect(chosen.body).toEqual(plain.body);
    expect([plain.perturbation, none.perturbation]).toEqual([null, null]);
  });

  test('without keys of its records is refused, not shown without noise', () => {
    const input = countInput(countTable(0, false, [[]]), [], keyedRecords([{ codes: [], many: 50 }]));
    const [count] = input.raw.measures;
    if (count?.kind !== 'count') throw new Error('expected a count');
    const { recordKeys: _, ...bare } = count;
    const without = { ...input, raw: { ...input.raw, measures: [bare] } };
    expect(() => figuresByKeys(without)).toThrow('do not fit');
  });
});
