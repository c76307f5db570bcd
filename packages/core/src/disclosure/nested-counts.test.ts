/** Several counts in one table: what two of them differ by is a figure too. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { statusByte } from './columns.ts';
import { discloseLocal } from './disclose-local.ts';
import { interval } from './testing/linear-program.ts';
import { countInput, countTable, persons, type TestRecord } from './testing/microdata.ts';

const noiseKey = new Uint8Array(32).fill(3);
const shownByte = statusByte('value');
const unknown = [{ variable: 'stage', atoms: ['unknown'] }];
const female = [{ variable: 'sex', atoms: ['F'] }];

function statusesOf(
  records: readonly TestRecord[],
  filters: Parameters<typeof countTable>[2],
  k: number,
  domain: number[][] = [],
) {
  const input = countInput(countTable(domain.length, domain.length > 0, filters), domain, records);
  return discloseLocal(input, { minCellSize: k }, noiseKey).body.measures.map(({ status }) =>
    [...status].map((byte) => byte === shownByte),
  );
}

const all = 0b01;
const both = 0b11;

describe('a count within another (A3, A4)', () => {
  test('is not shown beside it when fewer than k persons make the difference', () => {
    for (const outside of [0, 1, 9]) {
      const records = [
        ...persons(0, 50, { codes: [], signature: both }),
        ...persons(100, outside, { codes: [], signature: all }),
      ];
      expect(statusesOf(records, [[], unknown], 10)).toEqual([[true], [false]]);
    }
  });

  test('is shown beside it when k persons or more make the difference', () => {
    const records = [
      ...persons(0, 50, { codes: [], signature: both }),
      ...persons(100, 10, { codes: [], signature: all }),
    ];
    expect(statusesOf(records, [[], unknown], 10)).toEqual([[true], [true]]);
  });

  test('looks the same whether the one person asked about is in it or not: a difference of 0 and of 1', () => {
    const others = persons(0, 50, { codes: [], signature: both });
    const release = (signature: number) =>
      statusesOf([...others, ...persons(99, 1, { codes: [], signature })], [[], unknown], 10);
    expect(release(all)).toEqual(release(both));
  });

  test('is not given away by a total whose parts are hidden', () => {
    const domain = [[0, 1, 2]];
    const records = [0, 1, 2].flatMap((code) => [
      ...persons(code * 100, 40, { codes: [code], signature: both }),
      ...persons(code * 100 + 50, 2, { codes: [code], signature: all }),
    ]);
    // All against unknown: 2 in each cell and 6 in the total, all below 10.
    const [outer = [], inner = []] = statusesOf(records, [[], unknown], 10, domain);
    for (const [cell, shown] of outer.entries()) expect(shown && inner[cell]).toBe(false);
  });
});

describe('counts that overlap', () => {
  test('never bound a part below k to less than k, however they are combined', () => {
    const atoms = fc.array(fc.oneof(fc.nat(4), fc.nat(30)), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(atoms, fc.constantFrom(4, 10), (sizes, k) => {
        // Signatures 1..7 of: women, unknown stage, everybody; the last contains both others.
        const filters = [female, unknown, []];
        const possible = [0b100, 0b101, 0b110, 0b111];
        const figures = possible.map((_, i) => sizes[i] ?? 0);
        const records = possible.flatMap((signature, i) => persons(i * 100, figures[i] ?? 0, { codes: [], signature }));
        const shown = statusesOf(records, filters, k).map(([cell]) => cell === true);
        const rows = filters.map((_, bit) => possible.map((signature) => (signature >>> bit) & 1));
        const total = (row: readonly number[]) => row.reduce((sum, x, i) => sum + x * (figures[i] ?? 0), 0);
        const equations = rows.filter((_, i) => shown[i]);
        const targets = [
          ...possible.map((_, i) => possible.map((_, j) => (i === j ? 1 : 0))),
          ...rows,
          [1, 1, 0, 0],
          [1, 0, 1, 0],
        ];
        for (const target of targets.filter((row) => total(row) < k)) {
          const [lower, upper] = interval(equations, equations.map(total), target);
          expect(upper - lower).toBeGreaterThan(k - 1e-6);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('in two units of the same persons are shown or hidden alike', () => {
    const records = [
      ...persons(0, 12, { codes: [0], signature: both }),
      ...persons(50, 3, { codes: [1], signature: both }),
    ];
    const [one, other] = statusesOf(records, [female, female], 10, [[0, 1]]);
    expect(one).toEqual(other);
  });

  test('are hidden altogether where there are too many ways to overlap', () => {
    const filters = Array.from({ length: 12 }, (_, i) => [{ variable: `variable${i}`, atoms: ['yes'] }]);
    const records = persons(0, 500, { codes: [], signature: 2 ** 12 - 1 });
    expect(statusesOf(records, filters, 10).flat()).not.toContain(true);
  });

  test('of which no record can meet one leave the others', () => {
    const impossible = [
      { variable: 'sex', atoms: ['F'] },
      { variable: 'sex', atoms: ['M'] },
    ];
    expect(statusesOf(persons(0, 50, { codes: [], signature: 0b01 }), [[], impossible], 10)).toEqual([[true], [false]]);
  });

  test('are refused when a record claims what the filters exclude', () => {
    const male = [{ variable: 'sex', atoms: ['M'] }];
    expect(() => statusesOf(persons(0, 50, { codes: [], signature: both }), [female, male], 10)).toThrow(
      expect.objectContaining({ code: 'INTERNAL' }),
    );
  });
});

describe('persons with several records', () => {
  test('count once towards the threshold', () => {
    const records = persons(0, 9, { codes: [], signature: 1 }).flatMap((record) => [record, record, record]);
    expect(statusesOf(records, [[]], 10)).toEqual([[false]]);
    expect(statusesOf([...records, ...persons(20, 1, { codes: [], signature: 1 })], [[]], 10)).toEqual([[true]]);
  });
});
