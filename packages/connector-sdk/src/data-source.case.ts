/** The contract of every data source: whatever engine stands behind it, its answers are those of the rows, byte by byte. */
import type { RawTable, SourceDimension, SourceTable } from '@revier/core';
import { TOTAL } from '@revier/schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codes, model, recordKey, rowsWithIds, table } from './data-source.any.case.ts';
import { answerFromRows, type GivenRow, type GivenRows } from './data-source.reference.case.ts';
import type { DataSource } from './data-source.ts';

const noFilter = { where: [] };
const cases = { kind: 'count', identifier: null, ...noFilter } as const;
const whole = (variable: string): SourceDimension => ({
  variable,
  pairs: (codes[variable] ?? []).map((stored, number) => [stored, number] as const),
});

const stay = (stayId: string, values: Partial<GivenRow['values']> = {}, usable = true): GivenRow => ({
  usable,
  values: {
    stayId,
    personId: 'p',
    houseId: 'h',
    area: 'a',
    sex: 'M',
    order: '1',
    beds: 1,
    score: null,
    ...values,
  },
});

const keyOf = (row: GivenRow): number => recordKey(String(row.values.stayId));

/** `open` makes a data source over the given rows; the suite closes it. */
export function describeDataSource(name: string, open: (given: GivenRows) => Promise<DataSource>): void {
  const given = (rows: readonly GivenRow[]): GivenRows => ({ model, codes, rows, recordKey });

  const answers = async (rows: readonly GivenRow[], tables: readonly SourceTable[]): Promise<RawTable[]> => {
    const source = await open(given(rows));
    try {
      const raw: RawTable[] = [];
      for (const each of tables) raw.push(await source.aggregate(each, { timeoutMs: 60_000 }));
      return raw;
    } finally {
      await source.close();
    }
  };
  const answer = async (rows: readonly GivenRow[], asked: Partial<SourceTable>): Promise<RawTable> => {
    const full = { person: 'personId', dimensions: [], margins: false, measures: [cases], ...asked };
    const [raw] = await answers(rows, [full]);
    if (raw === undefined) throw new Error('no answer');
    expect(raw).toStrictEqual(answerFromRows(given(rows), full));
    return raw;
  };

  describe(`data source ${name}`, () => {
    it('answers any table over any rows as the rows themselves do', async () => {
      const tables = fc.array(table, { minLength: 1, maxLength: 8 });
      const law = fc.asyncProperty(rowsWithIds, tables, async (rows, asked) => {
        expect(await answers(rows, asked)).toStrictEqual(asked.map((each) => answerFromRows(given(rows), each)));
      });
      await fc.assert(law, { numRuns: 20 });
    }, 120_000);

    it('gives the same bytes again, also when the rows come in another order', async () => {
      const shuffled = rowsWithIds.chain((rows) =>
        fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
      );
      const law = fc.asyncProperty(shuffled, table, async ([rows, others], asked) => {
        const [first, second] = await answers(rows, [asked, asked]);
        expect(second).toStrictEqual(first);
        expect(await answers(others, [asked])).toStrictEqual([first]);
      });
      await fc.assert(law, { numRuns: 10 });
    }, 120_000);

    it('lists no cell at all where there is no record', async () => {
      const sum = { kind: 'sum', variable: 'beds', ...noFilter } as const;
      const raw = await answer([], { dimensions: [], margins: true, measures: [cases, sum] });
      expect(raw.measures.map((each) => (each.kind === 'strata' ? 0 : each.value.length))).toEqual([0, 0]);
      expect((await answer([], { dimensions: [whole('sex')], margins: true })).atoms?.records).toHaveLength(0);
    });

    it('counts a person of several stays once in each cell and once in the total', async () => {
      const rows = [stay('1'), stay('2'), stay('3', { sex: 'W' })];
      const persons = { kind: 'count', identifier: 'personId', ...noFilter } as const;
      const raw = await answer(rows, { dimensions: [whole('sex')], margins: true, measures: [persons] });
      expect(raw.measures[0]).toMatchObject({
        keys: [Uint32Array.of(0, 1, TOTAL)],
        value: Float64Array.of(1, 1, 1),
        persons: Float64Array.of(1, 1, 1),
      });
    });

    it('counts a person of several strata once in their cell', async () => {
      const rows = [stay('1'), stay('2', { order: '01' }), stay('3', { order: '01', sex: 'W', personId: 'q' })];
      const strata = { kind: 'strata', identifier: null, stratum: whole('order'), ...noFilter } as const;
      const raw = await answer(rows, { dimensions: [whole('sex')], margins: true, measures: [strata] });
      expect(raw.measures[0]).toMatchObject({
        keys: [Uint32Array.of(0, 0, 1, TOTAL, TOTAL)],
        persons: Float64Array.of(1, 1, 1, 1, 2),
        cells: { keys: [Uint32Array.of(0, 1, TOTAL)], persons: Float64Array.of(1, 1, 2) },
      });
    });

    it('leaves records under an objection out of everything', async () => {
      const raw = await answer([stay('1'), stay('2', {}, false)], {});
      expect(raw.measures[0]).toMatchObject({ value: Float64Array.of(1) });
      expect(raw.atoms?.records).toEqual(Float64Array.of(1));
    });

    it('leaves records with a code outside the mapping out, of the totals too', async () => {
      const men: SourceDimension = { variable: 'sex', pairs: [['M', 4]] };
      const raw = await answer([stay('1'), stay('2', { sex: 'W' })], { dimensions: [men], margins: true });
      expect(raw.measures[0]).toMatchObject({ keys: [Uint32Array.of(4, TOTAL)], value: Float64Array.of(1, 1) });
    });

    it('tells a figure that was not collected from a zero', async () => {
      const rows = [stay('1', { score: 0 }), stay('2', { sex: 'W' }), stay('3', { sex: 'W', score: 7 })];
      const score = { kind: 'sum', variable: 'score', ...noFilter } as const;
      const raw = await answer(rows, { dimensions: [whole('sex')], measures: [score] });
      expect(raw.measures[0]).toMatchObject({ value: Float64Array.of(0, 7), missing: Uint8Array.of(0, 1) });
      expect(raw.atoms).toBeNull();
    });

    it('splits nested counts into the parts that they differ by', async () => {
      const women = { ...cases, where: [{ variable: 'sex', stored: ['W'] }] };
      const raw = await answer([stay('1'), stay('2', { sex: 'W' })], { measures: [cases, women] });
      expect(raw.atoms).toMatchObject({ signature: Uint32Array.of(1, 3), records: Float64Array.of(1, 1) });
    });

    it('takes a filter of 50,000 codes', async () => {
      const stored = ['M', ...Array.from({ length: 50_000 }, (_, index) => `code${index}`)];
      await answer([stay('1'), stay('2', { sex: 'W' })], {
        measures: [{ ...cases, where: [{ variable: 'sex', stored }] }],
      });
    });

    it('adds record keys modulo 2^32', async () => {
      const rows = Array.from({ length: 30 }, (_, index) => stay(`stay ${index}`));
      const strata = { kind: 'strata', identifier: null, stratum: whole('order'), ...noFilter } as const;
      const raw = await answer(rows, { measures: [strata] });
      const sum = rows.reduce((total, each) => (total + recordKey(String(each.values.stayId))) % 2 ** 32, 0);
      expect(raw.measures[0]).toMatchObject({ recordKeys: Uint32Array.of(sum) });
    });

    it('cuts persons to their records of lowest keys, whatever the table asks for', async () => {
      const rows = ['1', '2', '3', '4', '5', '6'].map((id) => stay(id, { sex: id < '4' ? 'M' : 'W' }));
      const protection = { personCap: 2, topContributions: 2 };
      const [all, women] = await answers(
        [...rows, stay('7', { personId: 'q' })],
        [[], ['W']].map((stored) => ({
          person: 'personId',
          dimensions: [],
          margins: false,
          measures: [{ ...cases, where: stored.map((code) => ({ variable: 'sex', stored: [code] })) }],
          protection,
        })),
      );
      const kept = rows.toSorted((one, other) => keyOf(one) - keyOf(other)).slice(0, 2);
      const ofWomen = kept.filter(({ values }) => values.sex === 'W');
      expect(all?.measures[0]).toMatchObject({ value: Float64Array.of(3), persons: Float64Array.of(2) });
      expect(women?.measures[0]).toMatchObject({
        value: Float64Array.from(ofWomen.length > 0 ? [ofWomen.length] : []),
        recordKeys: Uint32Array.from(
          ofWomen.length > 0 ? [ofWomen.reduce((sum, row) => (sum + keyOf(row)) >>> 0, 0)] : [],
        ),
      });
    });

    it('gives a count of persons one key each, and a sum its greatest contributions by person', async () => {
      const rows = [
        stay('1', { beds: 5 }),
        stay('2', { beds: 6 }),
        stay('3', { personId: 'q', beds: 7 }),
        stay('4', { personId: 'z', beds: 0 }),
      ];
      const protection = { personCap: 9, topContributions: 2 };
      const persons = { kind: 'count', identifier: 'personId', ...noFilter } as const;
      const beds = { kind: 'sum', variable: 'beds', ...noFilter } as const;
      const raw = await answer(rows, { measures: [persons, beds], protection });
      const [one, two, ...others] = rows.map(keyOf);
      const keys = others.reduce((sum, key) => (sum + key) >>> 0, Math.min(one ?? 0, two ?? 0));
      expect(raw.measures[0]).toMatchObject({ value: Float64Array.of(3), recordKeys: Uint32Array.of(keys) });
      expect(raw.measures[1]).toMatchObject({
        value: Float64Array.of(18),
        contributions: {
          persons: Float64Array.of(3),
          size: Float64Array.of(18),
          gaps: Float64Array.of(0),
          top: [Float64Array.of(11), Float64Array.of(7)],
        },
      });
      const bounded = await answer(rows, { measures: [{ ...beds, cap: 8 }], protection });
      expect(bounded.measures[0]).toMatchObject({
        value: Float64Array.of(15),
        contributions: { size: Float64Array.of(15), top: [Float64Array.of(8), Float64Array.of(7)] },
      });
    });

    it('refuses a table whose names are no identifiers or whose mapping is ambiguous', async () => {
      const source = await open(given([stay('1')]));
      const ask = (asked: Partial<SourceTable>) =>
        source.aggregate(
          { person: null, dimensions: [], margins: false, measures: [cases], ...asked },
          { timeoutMs: 60_000 },
        );
      const injection = { variable: 'sex" or true --', stored: ['M'] };
      await expect(ask({ measures: [{ ...cases, where: [injection] }] })).rejects.toMatchObject({ code: 'INTERNAL' });
      const twice: SourceDimension = {
        variable: 'sex',
        pairs: [
          ['M', 0],
          ['M', 1],
        ],
      };
      await expect(ask({ dimensions: [twice] })).rejects.toMatchObject({ code: 'INTERNAL' });
      await expect(ask({ person: 'nobody' })).rejects.toMatchObject({ code: 'INTERNAL' });
      await source.close();
    });

    it('stops with AbortError when it was aborted before it began', async () => {
      const source = await open(given([stay('1')]));
      const asked = { person: null, dimensions: [], margins: false, measures: [cases] };
      const work = source.aggregate(asked, { timeoutMs: 60_000, signal: AbortSignal.abort() });
      await expect(work).rejects.toMatchObject({ name: 'AbortError' });
      await source.close();
    });
  });
}
