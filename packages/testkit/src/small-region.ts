/** A region small enough to reckon by hand: two cities of two districts, a registry, two health offices, two clinics. */
import {
  type CatalogueDocument,
  catalogueOf,
  contentHash,
  documentStore,
  openCatalogue,
  type Vocabulary,
} from '@revier/core';
import {
  builtInCodeLists,
  builtInModels,
  builtInStandards,
  type CodeList,
  type DataModel,
  type DatasetDescription,
  dataModels,
  type Lookup,
  type QuestionInput,
} from '@revier/schema';

const text = (of: string) => ({ de: of, en: of });

export const areas: CodeList = {
  kind: 'code-list',
  id: 'area-small/1',
  title: text('Areas'),
  levels: ['district', 'city', 'region'],
  codes: [
    ...['A-1', 'A-2', 'B-1', 'B-2'].map((code) => ({ code, level: 'district', parent: code.slice(0, 1) })),
    { code: 'A', level: 'city', parent: 'R' },
    { code: 'B', level: 'city', parent: 'R' },
    { code: 'R', level: 'region' },
  ],
};

export const deprivation: Lookup = {
  kind: 'lookup',
  name: 'deprivation-2',
  title: text('Deprivation'),
  from: { codeList: areas.id, level: 'district' },
  to: [
    { code: 'low', label: text('low') },
    { code: 'high', label: text('high') },
  ],
  pairs: [
    ['A-1', 'low'],
    ['A-2', 'high'],
    ['B-1', 'low'],
    ['B-2', 'high'],
  ],
  source: 'invented for tests',
};

export interface DatasetOptions {
  readonly holder: string;
  readonly model: DataModel;
  readonly mode: DatasetDescription['mode'];
  readonly coverage: readonly string[];
  readonly levels?: Readonly<Record<string, string>>;
}

/** A description with the model's own lists at their finest level, areas by district, sexes F and M. */
export function describeDataset({ holder, model, mode, coverage, levels = {} }: DatasetOptions): DatasetDescription {
  const lists = new Map(builtInCodeLists.map((list) => [list.id, list]));
  const grain = Object.fromEntries(
    model.variables.flatMap((variable) => {
      if (variable.role !== 'dimension') return [];
      const list = variable.codeList === null ? areas : lists.get(variable.codeList);
      const level = levels[variable.name] ?? list?.levels[0] ?? '';
      return [
        [
          variable.name,
          { codeList: list?.id ?? '', level, ...(variable.name === 'sex' ? { codes: ['F', 'M'] } : {}) },
        ] as const,
      ];
    }),
  );
  return {
    kind: 'dataset',
    id: `urn:revier:dataset:${holder}-${model.id.replace('/', '-')}`,
    holder: `did:web:${holder}.example`,
    holderName: holder,
    realm: 'test',
    title: text(holder),
    description: text(holder),
    model: model.id,
    modelHash: contentHash(model),
    synthetic: true,
    accessRights: mode === 'O' ? 'PUBLIC' : 'NON_PUBLIC',
    mode,
    grain,
    coverage: { areas: [...coverage], years: { from: 2016, to: 2020 } },
    epoch: '0123456789abcdef',
    asOf: '2026-01-01T00:00:00Z',
    source: 'invented for tests',
  };
}

export const smallDatasets: readonly DatasetDescription[] = [
  describeDataset({ holder: 'registry', model: dataModels.cancerCase, mode: 'L', coverage: ['R'] }),
  describeDataset({
    holder: 'city-a',
    model: dataModels.population,
    mode: 'O',
    coverage: ['A'],
    levels: { age: 'band14' },
  }),
  describeDataset({
    holder: 'city-b',
    model: dataModels.population,
    mode: 'O',
    coverage: ['B'],
    levels: { age: 'band14' },
  }),
  describeDataset({ holder: 'clinic-1', model: dataModels.rehabEpisode, mode: 'L', coverage: [] }),
  describeDataset({ holder: 'clinic-2', model: dataModels.rehabEpisode, mode: 'L', coverage: [] }),
];

export function smallVocabulary(datasets: readonly DatasetDescription[] = smallDatasets): Vocabulary {
  const documents: CatalogueDocument[] = [
    ...builtInModels,
    ...builtInCodeLists,
    ...builtInStandards,
    areas,
    deprivation,
    ...datasets,
  ];
  return openCatalogue(catalogueOf('test', 1, documents), documentStore(documents));
}

const years = { from: 2016, to: 2020 };

/** The shape of the flagship question on the small region. */
export const lateStageQuestion: QuestionInput = {
  register: 'urn:revier:register:colorectal-small',
  purpose: 'ehds:PublicHealthSurveillance',
  aggregates: {
    late: {
      model: 'cancer-case/1',
      count: 'cases',
      where: [
        { variable: 'site', in: ['C18-C20'] },
        { variable: 'uicc', in: ['III-IV'] },
        { variable: 'year', ...years },
      ],
    },
    unknown: {
      model: 'cancer-case/1',
      count: 'cases',
      where: [
        { variable: 'site', in: ['C18-C20'] },
        { variable: 'uicc', in: ['unknown'] },
        { variable: 'year', ...years },
      ],
    },
    all: {
      model: 'cancer-case/1',
      count: 'cases',
      where: [
        { variable: 'site', in: ['C18-C20'] },
        { variable: 'year', ...years },
      ],
    },
    people: { model: 'population/1', sum: 'persons', where: [{ variable: 'year', ...years }] },
  },
  by: [{ variable: 'area', lookup: 'deprivation-2' }, { variable: 'sex' }],
  derived: {
    rate: {
      directRate: {
        events: 'late',
        population: 'people',
        over: { variable: 'age', level: 'band14' },
        standard: 'ESP2013-14',
        per: 100_000,
      },
    },
    unknownShare: { proportion: { of: 'unknown', among: 'all' } },
  },
};
