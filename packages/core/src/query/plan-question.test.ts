/** Planning as its users would tell it: who is asked for what, in which order, and why a question is turned down. */
import { AppError, codeLists, dataModels, type QuestionInput } from '@revier/schema';
import { describeDataset, lateStageQuestion, smallDatasets, smallVocabulary } from '@revier/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText, contentHash } from './canonical.ts';
import { planQuestion } from './plan-question.ts';
import { canonicalQuestion } from './question.ts';

const vocabulary = smallVocabulary();
const plan = (input: QuestionInput) => planQuestion(canonicalQuestion(input), vocabulary);
const problem = (input: QuestionInput) => {
  try {
    plan(input);
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, pointer: error.options.errors?.[0]?.pointer };
    throw error;
  }
  return null;
};
const rehab = (where: QuestionInput['aggregates'][string]['where'] = []): QuestionInput => ({
  register: 'urn:revier:register:rehab-small',
  purpose: 'ehds:ImproveHealthcare',
  aggregates: { episodes: { model: 'rehab-episode/1', count: 'episodes', ...(where ? { where } : {}) } },
  by: [{ variable: 'sex' }],
  margins: true,
});

describe('the late-stage question', () => {
  const { tasks, measures, dimensions } = plan(lateStageQuestion);

  it('asks the open populations first, by the areas, ages, sexes and years that are accounted for', () => {
    expect(tasks.map(({ stage, holder }) => [stage, holder])).toEqual([
      [0, 'did:web:city-a.example'],
      [0, 'did:web:city-b.example'],
      [1, 'did:web:registry.example'],
    ]);
    expect(tasks[0]?.table.by).toEqual([
      { level: 'band14', variable: 'age' },
      { level: 'code', variable: 'sex' },
      { level: 'district', variable: 'area' },
      { level: 'year', variable: 'year' },
    ]);
  });

  it('asks the registry for nothing finer than what is shown', () => {
    expect(tasks[2]?.table.by).toEqual([
      { level: 'code', variable: 'sex' },
      { lookup: 'deprivation-2', variable: 'area' },
    ]);
    expect(tasks[2]?.table.measures.map(({ kind }) => kind)).toEqual(['direct-rate', 'count', 'count']);
    expect(tasks[2]?.table.coverage.map(({ model }) => model)).toEqual(['population/1']);
  });

  it('shows the rate and the shares, and not the exact events of the rate', () => {
    expect(measures.map(({ kind, name }) => [kind, name])).toEqual([
      ['direct-rate', 'rate'],
      ['proportion', 'unknownShare'],
      ['aggregate', 'all'],
      ['aggregate', 'people'],
      ['aggregate', 'unknown'],
    ]);
  });

  it('groups by the lookup and by sex', () => {
    expect(dimensions.map(({ name, grouping, codes }) => [name, grouping, codes.length])).toEqual([
      ['area', 'deprivation-2', 2],
      ['sex', 'code', 5],
    ]);
  });
});

describe('one question has one identity', () => {
  const hashOf = (input: QuestionInput) => plan(input).questionHash;

  it('however its terms are ordered, repeated, or spelt by level or range', () => {
    const spellings = [
      [
        { variable: 'indication', in: ['oncology', 'cardiology'] },
        { variable: 'year', from: 2018, to: 2019 },
      ],
      [
        { variable: 'year', in: ['2019', '2018', '2019'] },
        { variable: 'indication', in: ['cardiology', 'oncology', 'oncology'] },
      ],
      [
        { variable: 'year', from: 2018, to: 2020 },
        { variable: 'year', from: 2010, to: 2019 },
        { variable: 'indication', in: ['oncology', 'cardiology'] },
      ],
      [
        { variable: 'year', from: 2018, to: 2019 },
        { variable: 'sex', in: codeLists.sex.codes.map(({ code }) => code) },
        { variable: 'indication', in: ['oncology', 'cardiology'] },
      ],
    ];
    expect(new Set(spellings.map((where) => hashOf(rehab(where)))).size).toBe(1);
  });

  it('whoever is asked: holders do not enter, since their figures add up', () => {
    expect(hashOf({ ...rehab(), holders: { asked: ['did:web:clinic-1.example'] } })).toBe(hashOf(rehab()));
  });

  it('and another condition is another question', () => {
    expect(hashOf(rehab([{ variable: 'sex', in: ['F'] }]))).not.toBe(hashOf(rehab()));
  });

  it('names that people give make no new tables', () => {
    const { episodes } = rehab().aggregates;
    if (episodes === undefined) throw new Error('the question counts episodes');
    expect(plan({ ...rehab(), aggregates: { stays: episodes } }).tasks[0]?.tableHash).toBe(
      plan(rehab()).tasks[0]?.tableHash,
    );
  });

  it('under any order of filters and codes', () => {
    const codes = codeLists.site.codes.map(({ code }) => code);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(codes, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 4 }),
        (chosen, offset) => {
          const question = (where: { variable: string; in: string[] }[]): QuestionInput => ({
            ...rehab(),
            aggregates: { cases: { model: 'cancer-case/1', count: 'cases', where } },
          });
          const site = { variable: 'site', in: chosen };
          const year = { variable: 'diagnosisYear', in: [String(2016 + offset)] };
          expect(hashOf(question([site, year]))).toBe(hashOf(question([year, { ...site, in: [...chosen].reverse() }])));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('a plan is a pure function of question and catalogue', () => {
    expect(canonicalText(plan(lateStageQuestion).tasks.map(({ tableHash }) => tableHash))).toBe(
      canonicalText(plan(structuredClone(lateStageQuestion)).tasks.map(({ tableHash }) => tableHash)),
    );
  });

  it('a canonical question is canonical', () => {
    const once = canonicalQuestion(lateStageQuestion);
    expect(contentHash(canonicalQuestion(once))).toBe(contentHash(once));
  });
});

describe('a question is turned down with a pointer', () => {
  const rate = {
    directRate: {
      events: 'late',
      population: 'people',
      over: { variable: 'age', level: 'band14' },
      standard: 'ESP2013-14',
    },
  } as const;
  const withDerived = (derived: QuestionInput['derived']): QuestionInput => ({
    ...lateStageQuestion,
    ...(derived ? { derived } : {}),
  });

  it.each<[string, string, string, QuestionInput]>([
    ['PURPOSE_UNKNOWN', '/purpose', 'no such purpose', { ...rehab(), purpose: 'ehds:Curiosity' }],
    ['PURPOSE_UNKNOWN', '/purpose', 'a prohibited purpose', { ...rehab(), purpose: 'dpv:Marketing' }],
    [
      'MODEL_UNKNOWN',
      '/aggregates/episodes/model',
      'a model that nobody holds',
      { ...rehab(), aggregates: { episodes: { model: 'genomes/1', count: 'episodes' } } },
    ],
    [
      'MODEL_UNKNOWN',
      '/aggregates/episodes/model',
      'holders that do not hold it',
      { ...rehab(), holders: { asked: ['did:web:city-a.example'] } },
    ],
    [
      'VARIABLE_UNKNOWN',
      '/aggregates/episodes/where/0/variable',
      'no such variable',
      rehab([{ variable: 'colour', in: ['red'] }]),
    ],
    [
      'VARIABLE_UNKNOWN',
      '/aggregates/episodes/where/0/variable',
      'an identifier',
      rehab([{ variable: 'personId', in: ['p1'] }]),
    ],
    [
      'CODE_UNKNOWN',
      '/aggregates/episodes/where/0/in/1',
      'no such code',
      rehab([{ variable: 'indication', in: ['oncology', 'zoology'] }]),
    ],
    [
      'INVALID_REQUEST',
      '/aggregates/episodes/where',
      'conditions that exclude each other',
      rehab([
        { variable: 'sex', in: ['F'] },
        { variable: 'sex', in: ['M'] },
      ]),
    ],
    [
      'INVALID_REQUEST',
      '/aggregates/episodes/where/0/to',
      'a range that runs backwards',
      rehab([{ variable: 'year', from: 2020, to: 2016 }]),
    ],
    [
      'VARIABLE_UNKNOWN',
      '/aggregates/episodes/count',
      'no such unit',
      { ...rehab(), aggregates: { episodes: { model: 'rehab-episode/1', count: 'beds' } } },
    ],
    ['VARIABLE_UNKNOWN', '/by/0', 'grouping by an identifier', { ...rehab(), by: [{ variable: 'personId' }] }],
    ['GRAIN_UNAVAILABLE', '/by/0', 'an unknown level', { ...rehab(), by: [{ variable: 'sex', level: 'hour' }] }],
    [
      'LOOKUP_UNKNOWN',
      '/by/0',
      'no such lookup',
      { ...lateStageQuestion, by: [{ variable: 'area', lookup: 'income' }] },
    ],
    [
      'BOUNDARIES_DIFFER',
      '/by/0',
      'a lookup over other codes',
      { ...rehab(), by: [{ variable: 'sex', lookup: 'deprivation-2' }] },
    ],
    [
      'STANDARD_UNKNOWN',
      '/derived/rate/directRate/standard',
      'no such standard',
      withDerived({ rate: { directRate: { ...rate.directRate, standard: 'Mars2013' } } }),
    ],
    [
      'AGGREGATE_UNKNOWN',
      '/derived/rate/directRate/events',
      'no such aggregate',
      withDerived({ rate: { directRate: { ...rate.directRate, events: 'early' } } }),
    ],
    [
      'AGGREGATE_UNFIT',
      '/derived/rate/directRate/population',
      'a population that is not open',
      withDerived({ rate: { directRate: { ...rate.directRate, population: 'all' } } }),
    ],
    [
      'AGGREGATE_UNFIT',
      '/derived/share',
      'a share of something else',
      withDerived({ share: { proportion: { of: 'all', among: 'unknown' } } }),
    ],
    [
      'AGGREGATE_UNFIT',
      '/derived/share',
      'a share over two models',
      withDerived({ share: { proportion: { of: 'all', among: 'people' } } }),
    ],
    [
      'EXACT_BESIDE_RATE',
      '/derived/share',
      'the exact events beside their rate',
      withDerived({ rate, share: { proportion: { of: 'late', among: 'all' } } }),
    ],
    [
      'GRAIN_UNAVAILABLE',
      '/derived/rate/directRate/over',
      'strata finer than the population',
      withDerived({ rate: { directRate: { ...rate.directRate, over: { variable: 'age', level: 'band5' } } } }),
    ],
  ])('%s at %s: %s', (code, pointer, _, question) => {
    expect(problem(question)).toEqual({ code, pointer });
  });

  it('EXACT_BESIDE_RATE also when the same records are counted under another name and spelling', () => {
    const { late } = lateStageQuestion.aggregates;
    if (late === undefined || !('count' in late)) throw new Error('the question counts late cases');
    const twin = {
      ...late,
      where: [
        { variable: 'uicc', in: ['IV', 'III'] },
        { variable: 'site', in: ['C18', 'C19', 'C20'] },
        { variable: 'diagnosisYear', from: 2016, to: 2020 },
      ],
    };
    expect(problem({ ...lateStageQuestion, aggregates: { ...lateStageQuestion.aggregates, twin } })).toEqual({
      code: 'EXACT_BESIDE_RATE',
      pointer: '/aggregates/twin',
    });
  });

  it('AGGREGATE_UNFIT when the years of events and population differ', () => {
    const people = { model: 'population/1', sum: 'persons', where: [{ variable: 'year', from: 2016, to: 2019 }] };
    expect(problem({ ...lateStageQuestion, aggregates: { ...lateStageQuestion.aggregates, people } })?.code).toBe(
      'AGGREGATE_UNFIT',
    );
  });

  it('AGGREGATE_UNFIT for a rate of several registries, whose rates must never be averaged', () => {
    const second = describeDataset({ holder: 'registry-2', model: dataModels.cancerCase, mode: 'L', coverage: ['R'] });
    const two = smallVocabulary([...smallDatasets, second]);
    expect(() => planQuestion(canonicalQuestion(lateStageQuestion), two)).toThrow(
      expect.objectContaining({ code: 'AGGREGATE_UNFIT' }),
    );
  });

  it('BOUNDARIES_DIFFER when holders of one model code a variable by different lists', () => {
    const [, cityA, cityB] = smallDatasets;
    if (cityA === undefined || cityB === undefined) throw new Error('two cities');
    const moved = { ...cityB, grain: { ...cityB.grain, age: { codeList: 'sex/1', level: 'code' } } };
    const vocabularyOf = smallVocabulary([cityA, moved]);
    const people: QuestionInput = {
      ...rehab(),
      aggregates: { people: { model: 'population/1', sum: 'persons' } },
      by: [],
    };
    expect(() => planQuestion(canonicalQuestion(people), vocabularyOf)).toThrow(
      expect.objectContaining({ code: 'BOUNDARIES_DIFFER' }),
    );
  });
});
