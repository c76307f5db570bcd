/** The SQL of representative tables, written down so that a change of it is read in the diff. */
import type { SourceDimension, SourceMeasure, SourceTable } from '@revier/core';
import { TOTAL } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import { type CompiledTable, compileTable } from './compile-table.ts';

const area: SourceDimension = {
  variable: 'area',
  pairs: [
    ['05911', 0],
    ['05913', 1],
  ],
};
const sex: SourceDimension = {
  variable: 'sex',
  pairs: [
    ['M', 0],
    ['W', 1],
  ],
};
const cases: SourceMeasure = { kind: 'count', identifier: null, where: [] };
const breast: SourceMeasure = {
  kind: 'count',
  identifier: 'personId',
  where: [
    { variable: 'site', stored: ['C50'] },
    { variable: 'behaviour', stored: ['3'] },
  ],
};
const inhabitants: SourceMeasure = {
  kind: 'sum',
  variable: 'persons',
  where: [{ variable: 'year', stored: ['2020'] }],
};
const byAge: SourceMeasure = {
  kind: 'strata',
  identifier: null,
  where: [{ variable: 'site', stored: ['C50'] }],
  stratum: { variable: 'age', pairs: [['50-54', 0]] },
};

const table = (asked: Partial<SourceTable>): SourceTable => ({
  person: 'personId',
  dimensions: [],
  margins: false,
  measures: [cases],
  ...asked,
});
const view = 'approved';

/** As it is read in a review: each statement under what it answers, then the lookups. */
function review({ measures, atoms, lookups }: CompiledTable): string {
  const statements = measures.map(({ sql }, index) => `-- measure ${index}\n${sql};\n`);
  const slots = lookups.map(
    ({ slot, stored, numbers }) =>
      `-- lookup ${slot}: ${stored.map((code, at) => `${code} ${numbers[at]}`).join(', ')}\n`,
  );
  return [...slots, ...statements, atoms === null ? '-- no atoms\n' : `-- atoms\n${atoms.sql};\n`].join('\n');
}

const representative: Record<string, SourceTable> = {
  'single-figure': table({}),
  'counts-with-margins': table({ dimensions: [area, sex], margins: true, measures: [cases, breast] }),
  'sum-of-open-data': table({ person: null, dimensions: [area, sex], measures: [inhabitants] }),
  'strata-below-cells': table({ dimensions: [area], margins: true, measures: [byAge] }),
};

describe('the SQL of a table', () => {
  for (const [name, asked] of Object.entries(representative)) {
    it(`is the reviewed one: ${name}`, async () => {
      await expect(review(compileTable(asked, { view }))).toMatchFileSnapshot(`./snapshots/${name}.sql`);
    });
  }

  it('holds no code, whatever a code says', () => {
    const code = "C50'); drop table records; --";
    const hostile = table({
      dimensions: [{ variable: 'area', pairs: [[code, 0]] }],
      measures: [
        { ...cases, where: [{ variable: 'site', stored: [code] }] },
        { ...byAge, stratum: { variable: 'age', pairs: [[code, 0]] } },
      ],
    });
    const { measures, atoms, lookups } = compileTable(hostile, { view });
    expect([...measures, atoms].map((statement) => statement?.sql).join()).not.toContain('drop');
    expect(lookups.map(({ stored }) => stored)).toEqual([[code], [code], ['C50'], [code]]);
  });

  it('is the same for equal tables', () => {
    const asked = table({ dimensions: [area, sex], margins: true, measures: [cases, breast, byAge] });
    expect(compileTable(structuredClone(asked), { view })).toEqual(compileTable(asked, { view }));
  });

  it('reads a view in a schema of the holder', () => {
    expect(compileTable(table({}), { view: 'revier.approved' }).measures[0]?.sql).toContain(
      'from "revier"."approved" as r',
    );
  });

  it.each(['', 'a b', 'a"b', 'a;b', 'a.b', '1a', 'a_b', 'ä'])('refuses %j as the name of a variable', (variable) => {
    const faulty: SourceTable[] = [
      table({ person: variable }),
      table({ dimensions: [{ variable, pairs: [] }] }),
      table({ measures: [{ kind: 'count', identifier: variable, where: [] }] }),
      table({ measures: [{ kind: 'sum', variable, where: [] }] }),
      table({ measures: [{ ...cases, where: [{ variable, stored: [] }] }] }),
      table({ measures: [{ kind: 'strata', identifier: null, where: [], stratum: { variable, pairs: [] } }] }),
    ];
    for (const asked of faulty) expect(() => compileTable(asked, { view })).toThrow(/unfit name/);
  });

  it.each([-1, 0.5, Number.NaN, TOTAL, 2 ** 40])('refuses %d as a code number', (number) => {
    const asked = table({ dimensions: [{ variable: 'area', pairs: [['a', number]] }] });
    expect(() => compileTable(asked, { view })).toThrow(/out of range/);
  });

  it('refuses a mapping that puts one code into two groups', () => {
    const asked = table({
      dimensions: [
        {
          variable: 'area',
          pairs: [
            ['a', 0],
            ['a', 1],
          ],
        },
      ],
    });
    expect(() => compileTable(asked, { view })).toThrow(/more than one/);
  });

  it('refuses more counts than a signature has bits', () => {
    expect(() => compileTable(table({ measures: Array.from({ length: 32 }, () => cases) }), { view })).toThrow(
      /Too many/,
    );
  });

  it.each(['', 'a b', 'a"; drop', 'a.b.c', '.a'])('refuses %j as the name of the view', (name) => {
    expect(() => compileTable(table({}), { view: name })).toThrow(/view/);
  });
});
