/** The shortest way through the columnar store: import a few rows, ask for one of every measure, get what the rows say. */
import type { SourceTable } from '@revier/core';
import { expect, it } from 'vitest';
import { codes, model, recordKey } from '../data-source.any.case.ts';
import { answerFromRows, type GivenRow } from '../data-source.reference.case.ts';
import { columnarOver } from './given.case.ts';

const rows = Array.from({ length: 30 }, (_, index): GivenRow => {
  const of = (variable: string): string => codes[variable]?.[index % (codes[variable]?.length ?? 1)] ?? '';
  const dimensions = { area: of('area'), sex: of('sex'), order: of('order') };
  const identifiers = { stayId: `s${index}`, personId: `p${index % 11}`, houseId: `h${index % 4}` };
  return {
    usable: index % 9 > 0,
    values: { ...identifiers, ...dimensions, beds: index * 2 ** 31, score: index || null },
  };
});
const mapping = (variable: string) => ({
  variable,
  pairs: (codes[variable] ?? []).map((code, number) => [code, number % 3] as const),
});
const table: SourceTable = {
  person: 'personId',
  dimensions: [mapping('area'), mapping('sex')],
  margins: true,
  measures: [
    { kind: 'count', identifier: null, where: [] },
    { kind: 'count', identifier: 'houseId', where: [{ variable: 'order', stored: ['1', '01'] }] },
    { kind: 'sum', variable: 'beds', where: [] },
    { kind: 'strata', identifier: null, where: [], stratum: mapping('order') },
  ],
};

it('the columnar store answers as the rows do', async () => {
  const given = { model, codes, rows, recordKey };
  const source = await columnarOver(given);
  expect(await source.aggregate(table, { timeoutMs: 10_000 })).toStrictEqual(answerFromRows(given, table));
  await source.close();
});
