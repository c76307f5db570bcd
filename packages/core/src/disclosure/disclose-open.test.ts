/** Open figures: exact, complete, and never 0 for what nobody counted. */
import { cellStatuses, ReleaseBody, type Table, TOTAL } from '@revier/schema';
import { describe, expect, test } from 'vitest';
import { discloseOpen } from './disclose-open.ts';
import type { DisclosureInput } from './disclosure-input.ts';
import type { Release } from './release.ts';
import { countInput, countTable, persons } from './testing/microdata.ts';

const sums = (missing: readonly number[]): DisclosureInput => {
  const table: Table = {
    model: 'population/1',
    by: [{ variable: 'area', level: 'district' }],
    margins: true,
    coverage: [],
    measures: [{ kind: 'sum', variable: 'persons', where: [] }],
  };
  return {
    table,
    tableHash: `sha256:${'a'.repeat(64)}`,
    domain: [[3, 5, 9]],
    raw: {
      measures: [
        {
          kind: 'sum',
          keys: [Uint32Array.of(TOTAL, 5, 3)],
          value: Float64Array.of(120, 0, 120),
          missing: Uint8Array.from(missing),
        },
      ],
      atoms: null,
    },
    rates: new Map(),
  };
};

const figuresOf = ({ body }: Release, measure = 0) => {
  const columns = body.measures[measure];
  if (columns === undefined || columns.kind === 'direct-rate') throw new Error('expected figures');
  return [...columns.value].map((value, cell) => [cellStatuses[columns.status[cell] ?? -1], value]);
};

describe('open figures', () => {
  test('are exact, a 0 is a zero, and a cell without a figure is not collected', () => {
    const release = discloseOpen(sums([0, 0, 0]));
    expect(release.mode).toBe('O');
    expect(release.minCellSize).toBeNull();
    expect(release.body.keys.map((column) => [...column])).toEqual([[3, 5, 9, TOTAL]]);
    expect(figuresOf(release)).toEqual([
      ['value', 120],
      ['zero', 0],
      ['notCollected', Number.NaN],
      ['value', 120],
    ]);
  });

  test('tell a sum with a missing part as not collected', () => {
    expect(figuresOf(discloseOpen(sums([1, 0, 0]))).at(-1)).toEqual(['notCollected', Number.NaN]);
  });

  test('count nobody as 0, however few there are', () => {
    const records = persons(0, 1, { codes: [1], signature: 1 });
    expect(figuresOf(discloseOpen(countInput(countTable(1, false, [[]]), [[0, 1]], records)))).toEqual([
      ['zero', 0],
      ['value', 1],
    ]);
  });

  test('have the shape of the wire', () => {
    expect(ReleaseBody.parse(discloseOpen(sums([0, 0, 0])).body)).toBeDefined();
  });

  test('are the same to the last byte when asked again', () => {
    expect(discloseOpen(sums([0, 1, 0])).body).toEqual(discloseOpen(sums([0, 1, 0])).body);
  });

  test('are not given for a code that the table does not have', () => {
    const { domain: _, ...input } = sums([0, 0, 0]);
    expect(() => discloseOpen({ ...input, domain: [[3]] })).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });

  test('hold no standardised rate, and nothing that the table did not ask for', () => {
    const input = countInput(countTable(0, false, [[]]), [], []);
    const rate: Table['measures'][number] = {
      kind: 'direct-rate',
      unit: 'persons',
      where: [],
      over: { variable: 'age', level: 'band14' },
      standard: 'ESP2013-14',
      per: 100_000,
      interval: 'fay-feuer',
      denominator: { model: 'population/1', sum: 'persons', where: [] },
    };
    const asked = { ...input, table: { ...input.table, measures: [rate] } };
    expect(() => discloseOpen(asked)).toThrow(expect.objectContaining({ code: 'AGGREGATE_UNFIT' }));
    const short = { ...input, raw: { measures: [], atoms: null } };
    expect(() => discloseOpen(short)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });
});
