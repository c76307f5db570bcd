/** The loom: sums over holders, what a missing part does to a total, and areas that leave both sides of a rate. */
import { cellStatuses, type QuestionInput, type ReleaseBody, TOTAL } from '@revier/schema';
import { smallVocabulary } from '@revier/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanTask } from '../query/plan.ts';
import { planQuestion } from '../query/plan-question.ts';
import { canonicalQuestion } from '../query/question.ts';
import { add, type Figure } from './figures.ts';
import { mergeAnswer } from './merge-answer.ts';

const vocabulary = smallVocabulary();
const byteOf = (status: (typeof cellStatuses)[number]) => cellStatuses.indexOf(status);

type Row = readonly [numbers: readonly number[], status: (typeof cellStatuses)[number], value?: number];

/** A body with one count or sum measure. */
function bodyOf(task: PlanTask, rows: readonly Row[]): ReleaseBody {
  const kind = task.table.measures[0]?.kind === 'sum' ? 'sum' : 'count';
  return {
    format: 'revier-release/1',
    table: task.tableHash,
    keys: task.table.by.map((_, at) => Uint32Array.from(rows, ([numbers]) => numbers[at] ?? TOTAL)),
    measures: [
      {
        kind,
        status: Uint8Array.from(rows, ([, status]) => byteOf(status)),
        value: Float64Array.from(rows, ([, , value]) => value ?? Number.NaN),
      },
    ],
  };
}

const stays: QuestionInput = {
  register: 'urn:revier:register:rehab-small',
  purpose: 'ehds:ImproveHealthcare',
  aggregates: { stays: { model: 'rehab-episode/1', count: 'episodes' } },
  by: [{ variable: 'sex' }],
  margins: true,
};

describe('counts of two clinics', () => {
  const plan = planQuestion(canonicalQuestion(stays), vocabulary);
  const [one, two] = plan.tasks;
  if (one === undefined || two === undefined) throw new Error('two clinics are asked');
  const merged = (first: readonly Row[], second: readonly Row[] | null) =>
    mergeAnswer({
      plan,
      vocabulary,
      parts: [
        { task: one, body: bodyOf(one, first) },
        ...(second === null ? [] : [{ task: two, body: bodyOf(two, second) }]),
      ],
      absent: second === null ? new Map([[two.dataset.id, 'offline'] as const]) : new Map(),
    }).cells.map(({ by, measures }) => [by.sex, measures.stays]);

  it('add up, cell by cell and in total', () => {
    const half: Row[] = [
      [[0], 'value', 20],
      [[1], 'value', 30],
      [[TOTAL], 'value', 50],
    ];
    expect(merged(half, half)).toEqual([
      ['F', { status: 'value', value: 40 }],
      ['M', { status: 'value', value: 60 }],
      [null, { status: 'value', value: 100 }],
    ]);
  });

  it('show no sum of which one holder withholds its part', () => {
    const shown: Row[] = [
      [[0], 'value', 20],
      [[1], 'value', 30],
      [[TOTAL], 'value', 50],
    ];
    const withheld: Row[] = [
      [[0], 'withheld'],
      [[1], 'withheld'],
      [[TOTAL], 'value', 31],
    ];
    expect(merged(shown, withheld)).toEqual([
      ['F', { status: 'withheld' }],
      ['M', { status: 'withheld' }],
      [null, { status: 'value', value: 81 }],
    ]);
  });

  it('are the sum of those who answered when one is away, and say so elsewhere', () => {
    expect(merged([[[0], 'value', 20]], null)).toEqual([['F', { status: 'value', value: 20 }]]);
  });

  it('refuse a body that speaks of cells that the question does not have', () => {
    expect(() => merged([[[99], 'value', 20]], null)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  });

  it('refuse a body with fewer dimensions than its table', () => {
    const body = { ...bodyOf(one, [[[0], 'value', 1]]), keys: [] };
    expect(() => mergeAnswer({ plan, vocabulary, parts: [{ task: one, body }], absent: new Map() })).toThrow(
      expect.objectContaining({ code: 'INVALID_REQUEST' }),
    );
  });
});

describe('adding figures', () => {
  const figure = fc.oneof(
    fc.integer({ min: 1, max: 1e6 }).map((value): Figure => ({ status: 'value', value })),
    fc.constantFrom<Figure>(
      { status: 'zero', value: 0 },
      { status: 'withheld' },
      { status: 'notCollected' },
      { status: 'offline' },
      { status: 'refused' },
    ),
  );

  it('is commutative and associative, so that the order of arrival never matters', () => {
    fc.assert(
      fc.property(figure, figure, figure, (a, b, c) => {
        expect(add(a, b)).toEqual(add(b, a));
        expect(add(add(a, b), c)).toEqual(add(a, add(b, c)));
      }),
    );
  });

  it('has zero for its neutral element, and never shows a sum with a missing part', () => {
    fc.assert(
      fc.property(figure, (a) => {
        expect(add(a, { status: 'zero', value: 0 })).toEqual(a);
        expect(['value', 'zero']).not.toContain(add(a, { status: 'withheld' }).status);
      }),
    );
  });
});

describe('a crude rate over two cities', () => {
  const years = [{ variable: 'year', from: 2016, to: 2017 }];
  const question = (by: QuestionInput['by']): QuestionInput => ({
    register: 'urn:revier:register:colorectal-small',
    purpose: 'ehds:PublicHealthSurveillance',
    aggregates: {
      cases: { model: 'cancer-case/1', count: 'cases', where: years },
      people: { model: 'population/1', sum: 'persons', where: years },
    },
    by: by ?? [],
    margins: true,
    derived: { rate: { crudeRate: { events: 'cases', population: 'people', per: 1000 } } },
  });
  const places = { 'city-a': ['A-1', 'A-2'], 'city-b': ['B-1', 'B-2'] } as const;

  /** 1,000 persons in each district and year. */
  function population(
    task: PlanTask,
    skip: (area: string, year: number) => 'value' | 'zero' | 'notCollected',
  ): ReleaseBody {
    const at = (name: string) => task.table.by.findIndex(({ variable }) => variable === name);
    const districts = ['A-1', 'A-2', 'B-1', 'B-2'];
    const own = task.holder.includes('city-a') ? places['city-a'] : places['city-b'];
    const rows = own.flatMap((area) =>
      [2016, 2017].map((year): Row => {
        const numbers = new Array<number>(task.table.by.length).fill(0);
        numbers[at('area')] = districts.indexOf(area);
        numbers[at('year')] = year - 1900;
        const status = skip(area, year);
        return [numbers, status, status === 'value' ? 1000 : status === 'zero' ? 0 : Number.NaN];
      }),
    );
    return bodyOf(task, rows);
  }

  function merged(
    by: QuestionInput['by'],
    cases: readonly Row[],
    skip: Parameters<typeof population>[1] = () => 'value',
    away = '',
  ) {
    const plan = planQuestion(canonicalQuestion(question(by)), vocabulary);
    const present = plan.tasks.filter(({ holder }) => away === '' || !holder.includes(away));
    return mergeAnswer({
      plan,
      vocabulary,
      parts: present.map((task) => ({
        task,
        body: task.dataset.mode === 'O' ? population(task, skip) : bodyOf(task, cases),
      })),
      absent: new Map(
        plan.tasks.filter((task) => !present.includes(task)).map(({ dataset }) => [dataset.id, 'offline' as const]),
      ),
    });
  }

  it('divides the cases by the person-years of the same areas', () => {
    const { cells, coverage } = merged([], [[[], 'value', 80]]);
    expect(cells).toHaveLength(1);
    expect(cells[0]?.measures.people).toEqual({ status: 'value', value: 8000 });
    expect(cells[0]?.measures.rate).toMatchObject({ status: 'value', value: 10 });
    expect(coverage).toEqual({ areas: ['A-1', 'A-2', 'B-1', 'B-2'], years: [2016, 2017], excluded: [] });
  });

  it('leaves out a district that lacks one year, from the population too, and says which', () => {
    const { cells, coverage } = merged([], [[[], 'value', 60]], (area, year) =>
      area === 'B-2' && year === 2017 ? 'zero' : 'value',
    );
    expect(cells[0]?.measures.people).toEqual({ status: 'value', value: 6000 });
    expect(coverage.areas).toEqual(['A-1', 'A-2', 'B-1']);
    expect(coverage.excluded).toEqual([{ area: 'B-2', reason: 'noCounterpart' }]);
  });

  it('tells "not collected" from nobody there', () => {
    const { coverage } = merged([], [[[], 'value', 60]], (area) => (area === 'A-2' ? 'notCollected' : 'value'));
    expect(coverage.excluded).toEqual([{ area: 'A-2', reason: 'notCollected' }]);
  });

  it('shows an area that was left out as an empty cell with its reason, never as 0', () => {
    const rows: Row[] = [
      [[0], 'value', 20],
      [[2], 'value', 20],
      [[3], 'value', 20],
      [[TOTAL], 'value', 60],
    ];
    const { cells } = merged([{ variable: 'area', level: 'district' }], rows, (area) =>
      area === 'A-2' ? 'notCollected' : 'value',
    );
    const left = cells.find(({ by }) => by.area === 'A-2');
    expect(left?.measures).toEqual({
      cases: { status: 'notCollected' },
      people: { status: 'notCollected' },
      rate: { status: 'notCollected' },
    });
    expect(cells.find(({ by }) => by.area === null)?.measures.people).toEqual({ status: 'value', value: 6000 });
  });

  it('names the holder that is away as the reason for its areas', () => {
    const { coverage } = merged([], [[[], 'value', 40]], () => 'value', 'city-b');
    expect(coverage.areas).toEqual(['A-1', 'A-2']);
    expect(coverage.excluded.map(({ area, reason }) => [area, reason])).toEqual([
      ['B-1', 'holderMissing'],
      ['B-2', 'holderMissing'],
    ]);
  });

  it('stands a population behind every code of a dimension that it does not know, and once behind the total', () => {
    const rows: Row[] = [
      [[18], 'value', 16],
      [[19], 'value', 8],
      [[TOTAL], 'value', 24],
    ];
    const { cells } = merged([{ variable: 'site', level: 'category' }], rows);
    const rate = (site: string | null) => cells.find(({ by }) => by.site === site)?.measures;
    expect(rate('C18')?.rate).toMatchObject({ value: 2 });
    expect(rate('C19')?.rate).toMatchObject({ value: 1 });
    expect(rate(null)).toMatchObject({ people: { value: 8000 }, rate: { value: 3 } });
  });

  it('withholds the rate of withheld cases', () => {
    const { cells } = merged([], [[[], 'withheld']]);
    expect(cells[0]?.measures).toMatchObject({
      cases: { status: 'withheld' },
      rate: { status: 'withheld' },
      people: { status: 'value' },
    });
  });
});
