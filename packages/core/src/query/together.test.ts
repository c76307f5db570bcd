/** Which questions may be answered together: what is declared decides, and every holder must have every cell. */
import {
  builtInCodeLists,
  builtInModels,
  builtInStandards,
  type DataModel,
  type DatasetDescription,
  dataModels,
  type QuestionInput,
} from '@revier/schema';
import { areas, describeDataset, smallVocabulary } from '@revier/testkit';
import { describe, expect, it } from 'vitest';
import { planQuestion } from './plan-question.ts';
import { canonicalQuestion } from './question.ts';
import { prepareTable } from './source-plan.ts';
import { togetherOf } from './together.ts';
import { catalogueOf, documentStore, openCatalogue } from './vocabulary.ts';

const clinic = (number: number, change: Partial<DatasetDescription> = {}): DatasetDescription => ({
  ...describeDataset({ holder: `clinic-${number}`, model: dataModels.rehabEpisode, mode: 'F', coverage: [] }),
  ...change,
});
const four = [1, 2, 3, 4].map((number) => clinic(number));

const question: QuestionInput = {
  register: 'urn:revier:register:rehab',
  purpose: 'ehds:PublicHealthSurveillance',
  aggregates: { people: { model: 'rehab-episode/1', count: 'persons' } },
  by: [{ variable: 'sex' }],
};

const planned = (datasets: readonly DatasetDescription[], change: Partial<QuestionInput> = {}) =>
  planQuestion(canonicalQuestion({ ...question, ...change }), smallVocabulary(datasets));

function refusal(datasets: readonly DatasetDescription[], change: Partial<QuestionInput> = {}) {
  try {
    planned(datasets, change);
    return 'planned';
  } catch (error) {
    return `${Object(error).code} ${Object(error).options.errors[0].pointer}`;
  }
}

const indications = (...codes: string[]): Partial<DatasetDescription> => {
  const { grain } = clinic(4);
  const own = grain.indication;
  return own === undefined ? {} : { grain: { ...grain, indication: { ...own, codes } } };
};

describe('a question to holders that answer together', () => {
  it('is planned for four that all have every cell, each with the same table', () => {
    const { tasks } = planned(four);
    expect(togetherOf(tasks).map(({ holder }) => holder)).toEqual(four.map(({ holder }) => holder));
    expect(new Set(tasks.map(({ tableHash }) => tableHash)).size).toBe(1);
    expect(tasks.every(({ stage }) => stage === 0)).toBe(true);
  });

  it.each<[string, readonly DatasetDescription[], Partial<QuestionInput>, string]>([
    ['three holders', four.slice(1), {}, 'MIN_NODES /holders/asked'],
    [
      'four of whom three are asked',
      four,
      { holders: { asked: four.slice(1).map(({ holder }) => holder) } },
      'MIN_NODES /holders/asked',
    ],
    [
      'a holder that stands in it twice',
      [...four, clinic(4, { id: 'urn:revier:dataset:clinic-4-again' })],
      {},
      'AGGREGATE_UNFIT /holders/asked',
    ],
    [
      'a dimension that parts the holders',
      [...four.slice(0, 3), clinic(4, indications('cardiology'))],
      { by: [{ variable: 'sex' }, { variable: 'indication' }] },
      'HOLDERS_PARTED /by/0',
    ],
    [
      'years that one of them lacks',
      [...four.slice(0, 3), clinic(4, { coverage: { areas: [], years: { from: 2019, to: 2020 } } })],
      { by: [{ variable: 'year' }] },
      'HOLDERS_PARTED /by/0',
    ],
    [
      'a condition that one of them cannot meet',
      [...four.slice(0, 3), clinic(4, indications('cardiology'))],
      {
        aggregates: {
          people: {
            model: 'rehab-episode/1',
            count: 'persons',
            where: [{ variable: 'indication', in: ['oncology'] }],
          },
        },
      },
      'MIN_NODES /holders/asked',
    ],
    [
      'a count of records, about which the threshold would say nothing',
      four,
      { aggregates: { people: { model: 'rehab-episode/1', count: 'episodes' } } },
      'AGGREGATE_UNFIT /aggregates/people',
    ],
    [
      'holders of different modes',
      [...four.slice(0, 3), clinic(4, { mode: 'L' })],
      {},
      'AGGREGATE_UNFIT /aggregates/people',
    ],
  ])('is refused for %s', (_, datasets, change, refused) => {
    expect(refusal(datasets, change)).toBe(refused);
  });

  it('is not parted by what nobody asks about', () => {
    expect(refusal([...four.slice(0, 3), clinic(4, indications('cardiology'))])).toBe('planned');
  });
});

describe('figures of persons', () => {
  const { rehabEpisode } = dataModels;
  const title = { de: 'Tage', en: 'Days' };
  const withDays = (max: number): DataModel => ({
    ...rehabEpisode,
    id: 'rehab-stay/1',
    variables: [...rehabEpisode.variables, { role: 'measure', name: 'days', title, scale: 0, min: 0, max }],
  });
  const asked: Partial<QuestionInput> = {
    aggregates: {
      people: { model: 'rehab-stay/1', count: 'persons' },
      days: { model: 'rehab-stay/1', sum: 'days' },
    },
    derived: { daysEach: { mean: { of: 'days', among: 'people' } } },
  };
  const plannedOver = (model: DataModel) => {
    const datasets = [1, 2, 3, 4].map((number) =>
      describeDataset({ holder: `clinic-${number}`, model, mode: 'F', coverage: [] }),
    );
    const documents = [...builtInModels, ...builtInCodeLists, ...builtInStandards, areas, model, ...datasets];
    const vocabulary = openCatalogue(catalogueOf('test', 1, documents), documentStore(documents));
    const plan = planQuestion(canonicalQuestion({ ...question, ...asked }), vocabulary);
    return { plan, vocabulary };
  };

  it('are added up within the bound that the model declares, which every node reads them with', () => {
    const { plan, vocabulary } = plannedOver(withDays(120));
    const [task] = togetherOf(plan.tasks);
    expect(plan.measures.map(({ kind }) => kind).sort()).toEqual(['aggregate', 'aggregate', 'mean']);
    const { source } = prepareTable(task ?? missing(), vocabulary, null);
    expect(source.measures.find(({ kind }) => kind === 'sum')).toMatchObject({ variable: 'days', cap: 120 });
  });

  it('are not added up without a bound that noise can hide', () => {
    expect(() => plannedOver(withDays(2 ** 25))).toThrow('bound');
  });
});

const missing = (): never => {
  throw new Error('Nobody is asked.');
};
