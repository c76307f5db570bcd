/** Sums of figures in a secure sum: in fixed point, with noise of more than two whole contributions, and closed where few persons stand behind them. */
import type { Table } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import type { RawMeasure } from '../../query/source-table.ts';
import { discloseTogether, type LocalCell, openNoisedWords } from './noised-words.ts';
import { openedBody, SUM_VARIANCE, sumError } from './opened-body.ts';
import { contributionCap, STEPS_PER_PERSON, wordsIn } from './sum-measures.ts';
import { addWords, numbersOf, wordsOf } from './words.ts';

const title = { de: 'Tage', en: 'Days' };
const days = { role: 'measure' as const, name: 'days', title, scale: 0, min: 0, max: 128 };
const model = { variables: [days] };
const stays = { kind: 'sum' as const, variable: 'days', where: [] };
const persons = { kind: 'count' as const, unit: 'persons', where: [] };
const tableHash = `sha256:${'b'.repeat(64)}` as const;
const tableOf = (measures: Table['measures']): Table => ({
  ...{ model: 'stay/1', by: [{ variable: 'sex', level: 'code' }], margins: false, coverage: [], measures },
});
const domain = [[0, 1]];

interface Cell {
  readonly sum: number;
  readonly persons: number;
  readonly gaps: number;
}

function rawSum(cells: readonly Cell[]): RawMeasure {
  const of = (each: (cell: Cell) => number) => Float64Array.from(cells, each);
  return {
    ...{ kind: 'sum', keys: [Uint32Array.from(cells.keys())], value: of(({ sum }) => sum) },
    missing: Uint8Array.from(cells, ({ gaps }) => Math.min(1, gaps)),
    contributions: {
      ...{ persons: of((cell) => cell.persons), gaps: of(({ gaps }) => gaps), size: of(({ sum }) => sum), top: [] },
      recordKeys: Uint32Array.from(cells, (_, at) => at + 7),
    },
  };
}

const words = (cells: readonly Cell[], share: (of: LocalCell) => bigint = () => 0n) =>
  openNoisedWords(
    discloseTogether(
      {
        ...{ table: tableOf([stays]), tableHash, model, domain, rates: new Map() },
        raw: { measures: [rawSum(cells)], atoms: null },
      },
      share,
    ),
  );

const opened = (cells: readonly Cell[], minCellSize = 10) =>
  openedBody({ table: tableOf([stays]), tableHash, model, domain, minCellSize }, words(cells)).measures[0];

describe('a sum of figures', () => {
  const well: Cell = { sum: 2300, persons: 100, gaps: 0 };

  it('is in steps of a sixty-fourth of what one person contributes at most, with those who have a figure and those who lack one', () => {
    expect(numbersOf(words([well, { sum: -7, persons: 4, gaps: 3 }]))).toEqual([1150n, -3n, 100n, 1n, 0n, 3n]);
    expect(wordsIn(domain, tableOf([persons, stays]))).toBe(2 + 6);
  });

  it('has other noise than the persons behind it, each of which has its own, and finer', () => {
    const asked: LocalCell[] = [];
    words([well, well], (of) => {
      asked.push(of);
      return 0n;
    });
    expect(new Set(asked.map(({ cell, state }) => `${cell} ${state}`)).size).toBe(6);
    expect(asked.map(({ isFine }) => isFine)).toEqual([true, true, false, false, false, false]);
  });

  it('has other noise under another bound: two sums in steps of two sizes must not show what they are free of', () => {
    const statesOf = (max: number): string[] => {
      const states: string[] = [];
      discloseTogether(
        {
          ...{ table: tableOf([stays]), tableHash, domain, rates: new Map() },
          model: { variables: [{ ...days, max }] },
          raw: { measures: [rawSum([well])], atoms: null },
        },
        ({ state, isFine }) => {
          if (isFine) states.push(state);
          return 0n;
        },
      );
      return states;
    };
    expect(statesOf(128)).toEqual(statesOf(128));
    expect(statesOf(256)).not.toEqual(statesOf(128));
  });

  it('is masked as it was in all of its words, and with the noise of then, where it is held', () => {
    const held = { units: 90, persons: 90, key: 5, figures: [1000, 88, 2] };
    const states: string[] = [];
    const noised = discloseTogether(
      {
        ...{ table: tableOf([stays]), tableHash, model, domain, rates: new Map() },
        raw: { measures: [rawSum([well, well])], atoms: null },
      },
      ({ cell, state }) => {
        if (cell === 0) states.push(state);
        return 0n;
      },
      (found, measure, cell) => (measure === 0 && cell === 0 ? held : found),
    );
    expect(numbersOf(openNoisedWords(noised))).toEqual([1000n, 1150n, 88n, 100n, 2n, 0n]);
    expect(states.map((state) => state.at(-1))).toEqual(['5', '5', '5']);
  });

  it('opens as the sum with its deviation: more than twice what anybody contributes, whoever outweighs the others', () => {
    const columns = opened([well, { sum: 128, persons: 12, gaps: 0 }]);
    expect(columns).toMatchObject({ kind: 'sum', status: Uint8Array.of(0, 0), value: Float64Array.of(2300, 128) });
    const said = columns?.kind === 'sum' ? (columns.sd?.[0] ?? 0) : 0;
    const deviation = Math.sqrt(SUM_VARIANCE) * days.max;
    expect(deviation).toBeGreaterThan(2 * days.max);
    // 1.96 of what is said hold 95 of 100 draws of the law, whose scale is the deviation by the root of two.
    expect(Math.exp((-1.96 * said * Math.SQRT2) / deviation)).toBeCloseTo(0.05, 9);
  });

  it('adds up over members', () => {
    const two = addWords(words([well, well]), words([well, { sum: 100, persons: 5, gaps: 0 }]));
    const body = openedBody({ table: tableOf([stays]), tableHash, model, domain, minCellSize: 10 }, two);
    expect(body.measures[0]).toMatchObject({ value: Float64Array.of(4600, 2400) });
  });

  it('stays closed below ten persons, whatever the threshold, and below the threshold', () => {
    const nine = { sum: 90, persons: 9, gaps: 0 };
    expect(opened([well, nine], 3)).toMatchObject({
      status: Uint8Array.of(0, 2),
      value: Float64Array.of(2300, Number.NaN),
    });
    expect(opened([well, { ...nine, persons: 19 }], 20)).toMatchObject({ status: Uint8Array.of(0, 2) });
  });

  it('stays closed where more lack a figure than noise could hide: a gap is never taken for 0', () => {
    const { p95 } = sumError(SUM_VARIANCE);
    const lacking = (gaps: number, of = 60): Cell => ({ sum: 500, persons: of, gaps });
    expect(opened([lacking(p95), lacking(p95 + 1)])).toMatchObject({ status: Uint8Array.of(0, 2) });
    expect(opened([lacking(50, 1050), lacking(51, 1050)])).toMatchObject({ status: Uint8Array.of(0, 2) });
  });

  it('stands beside counts, each with its own words', () => {
    const table = tableOf([persons, stays]);
    const total = wordsOf([30n, 9n, 1150n, 10n, 30n, 9n, 0n, 0n]);
    const { measures } = openedBody({ table, tableHash, model, domain, minCellSize: 10 }, total);
    expect(measures).toMatchObject([
      { kind: 'count', value: Float64Array.of(30, Number.NaN) },
      { kind: 'sum', value: Float64Array.of(2300, Number.NaN) },
    ]);
    const short = wordsOf(Array.from({ length: 4 }, () => 0n));
    expect(() => openedBody({ table, tableHash, model, domain, minCellSize: 10 }, short)).toThrow(RangeError);
  });
});

describe('the bound of a contribution', () => {
  it('is the greatest figure that the model declares, either way', () => {
    expect(contributionCap(model, stays)).toBe(128);
    expect(contributionCap({ variables: [{ ...days, min: -200 }] }, stays)).toBe(200);
    expect(days.max / STEPS_PER_PERSON).toBe(2);
  });

  it('is none for counts, for weights, for what is not declared, and for what would not fit', () => {
    const weight = { role: 'weight' as const, name: 'days', title, min: 0, max: 10 };
    expect(contributionCap(model, persons)).toBeNull();
    expect(contributionCap({ variables: [weight] }, stays)).toBeNull();
    expect(contributionCap({ variables: [] }, stays)).toBeNull();
    expect(contributionCap({ variables: [{ ...days, max: 2 ** 25 }] }, stays)).toBeNull();
    expect(() =>
      openedBody(
        { table: tableOf([stays]), tableHash, model: { variables: [] }, domain, minCellSize: 10 },
        wordsOf([0n, 0n, 0n, 0n, 0n, 0n]),
      ),
    ).toThrow('declared bound');
  });
});
