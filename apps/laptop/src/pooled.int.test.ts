/** With disclosure control off, the federated answer to the flagship question equals the pooled one exactly. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Columns, importColumns, openColumnar } from '@revier/connector-sdk';
import {
  canonicalQuestion,
  catalogueOf,
  coveredAreas,
  directRate,
  documentStore,
  mergeAnswer,
  type OpenPart,
  openCatalogue,
  type Plan,
  type PlanTask,
  planQuestion,
  prepareTable,
  standardWeights,
  travellingPopulation,
  type Vocabulary,
} from '@revier/core';
import { builtInCodeLists, builtInModels, builtInStandards, codeLists, type DatasetDescription } from '@revier/schema';
import { syntheticRuhr } from '@revier/synthetic-ruhr';
import { discloseWithGuardsOff } from '@revier/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeDataset, storedCodes } from './describe-dataset.ts';
import type { FederationSpec } from './federation-spec.ts';
import { readQuestion } from './questions.ts';
import { ruhrFederation } from './ruhr-federation.ts';

const PERSONS = 200_000;
const spec = ruhrFederation(PERSONS);
const question = canonicalQuestion(readQuestion('late-stage-colorectal.json'));

let folder: string;
let vocabulary: Vocabulary;
let plan: Plan;
let parts: { task: PlanTask; body: OpenPart['body'] }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revier-pooled-'));
  vocabulary = vocabularyOf(spec, await importAll(spec));
  plan = planQuestion(question, vocabulary);
  parts = [];
  for (const task of plan.tasks) parts.push({ task, body: await answerExactly(task) });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function importAll({ holders }: FederationSpec): Promise<DatasetDescription[]> {
  const descriptions: DatasetDescription[] = [];
  for (const holder of holders)
    for (const dataset of holder.datasets.filter(({ model }) => ['cancer-case/1', 'population/1'].includes(model.id))) {
      const { epoch } = await importColumns({
        folder,
        name: dataset.name,
        model: dataset.model,
        grain: storedCodes(spec, dataset),
        batches: dataset.columns(),
        recordKey: () => 0,
      });
      descriptions.push(describeDataset(holder, dataset, epoch));
    }
  return descriptions;
}

function vocabularyOf({ documents }: FederationSpec, descriptions: readonly DatasetDescription[]): Vocabulary {
  const all = [...builtInModels, ...builtInCodeLists, ...builtInStandards, ...documents, ...descriptions];
  return openCatalogue(catalogueOf('test', 1, all), documentStore(all));
}

/** What a node does, without its sieve. */
async function answerExactly(task: PlanTask): Promise<OpenPart['body']> {
  const open = parts.filter((part) => part.task.dataset.mode === 'O');
  const covered = task.table.coverage.length > 0 ? coveredAreas(plan, vocabulary, open) : null;
  const { source, domain } = prepareTable(task, vocabulary, covered);
  const store = await openColumnar({
    folder,
    name: task.dataset.id.slice('urn:revier:dataset:'.length),
    memoryLimitMb: 256,
    threads: 1,
  });
  const raw = await store.aggregate(source, { timeoutMs: 30_000 });
  await store.close();
  const rates = new Map(
    task.table.measures.flatMap((measure, at) => {
      const rate = plan.measures.find((one) => one.kind === 'direct-rate');
      if (measure.kind !== 'direct-rate' || rate?.kind !== 'direct-rate') return [];
      const population = travellingPopulation(
        { vocabulary, task, parts: open, covered },
        rate.population,
        measure.over,
      );
      return [
        [at, { population, weights: standardWeights(vocabulary, measure.standard), strataMidAges: null }] as const,
      ];
    }),
  );
  return discloseWithGuardsOff({ table: task.table, tableHash: task.tableHash, domain, raw, rates });
}

/** The pooled figures, straight from all rows, without plan, SQL or merge. */
function pooled() {
  const ruhr = syntheticRuhr({ persons: PERSONS });
  const quintileOf = new Map(ruhr.deprivation.pairs);
  const band = (age: string): string => parents.get(parents.get(age) ?? '') ?? '';
  const parents = new Map(codeLists.age.codes.map(({ code, parent }) => [code, parent ?? '']));
  const sums = new Map<string, { late: number; unknown: number; cases: number; people: number }>();
  const at = (key: string) => {
    const found = sums.get(key) ?? { late: 0, unknown: 0, cases: 0, people: 0 };
    sums.set(key, found);
    return found;
  };
  for (const row of rowsOf(ruhr.cancerCases())) {
    if (!['C18', 'C19', 'C20'].includes(String(row.site)) || row.behaviour !== '3') continue;
    const cell = at(`${quintileOf.get(String(row.area))}|${row.sex}|${band(String(row.age))}`);
    if (row.uicc === 'III' || row.uicc === 'IV') cell.late += 1;
    if (row.dco !== 'no') continue;
    cell.cases += 1;
    if (row.uicc === 'U') cell.unknown += 1;
  }
  for (const city of ['05911', '05113', '05513'] as const)
    for (const row of rowsOf(ruhr.population(city)))
      at(`${quintileOf.get(String(row.area))}|${row.sex}|${row.age}`).people += Number(row.persons);
  return sums;
}

function* rowsOf(columns: Columns): Generator<Record<string, string | number | null>> {
  const [first = []] = Object.values(columns);
  for (const row of first.keys())
    yield Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[row] ?? null]));
}

describe('the flagship question over a registry and three cities', () => {
  it('has the ten rates, counts and shares of the pooled rows, to the last bit', () => {
    const { cells, coverage } = mergeAnswer({ plan, vocabulary, parts, absent: new Map() });
    const sums = pooled();
    const standard = standardWeights(vocabulary, 'ESP2013-14');
    const bands = codeLists.age.codes.filter(({ level }) => level === 'band14').map(({ code }) => code);
    const add = (
      strata: readonly { [key in 'late' | 'unknown' | 'cases' | 'people']: number }[],
      name: 'unknown' | 'cases' | 'people',
    ) => strata.reduce((sum, stratum) => sum + stratum[name], 0);
    expect(cells).toHaveLength(10);
    expect(coverage.excluded).toEqual([]);
    expect(coverage.areas).toHaveLength(98);
    for (const { by, measures } of cells) {
      const strata = bands.map(
        (age) => sums.get(`${by.area}|${by.sex}|${age}`) ?? { late: 0, unknown: 0, cases: 0, people: 0 },
      );
      const rate = directRate({
        strata: strata.map(({ late, people }, index) => ({
          events: late,
          population: people,
          weight: standard[index] ?? 0,
        })),
        per: 100_000,
        interval: 'fay-feuer',
      });
      expect(measures.lateRate).toMatchObject({ value: rate.rate, lower: rate.lower, upper: rate.upper });
      expect(measures.unknown).toEqual({ status: 'value', value: add(strata, 'unknown') });
      expect(measures.cases).toEqual({ status: 'value', value: add(strata, 'cases') });
      expect(measures.people).toEqual({ status: 'value', value: add(strata, 'people') });
      expect(measures.unknownShare).toMatchObject({ value: add(strata, 'unknown') / add(strata, 'cases') });
    }
  });

  it('leaves a missing city out of numerator and denominator alike', () => {
    const gone = plan.tasks.find(({ holder }) => holder === 'did:web:essen.example');
    const open = parts.filter(({ task }) => task.dataset.mode === 'O' && task !== gone);
    const covered = coveredAreas(plan, vocabulary, open);
    expect([...(covered?.areas ?? [])].filter((area) => area.startsWith('05113'))).toEqual([]);
    expect(new Set(covered?.excluded.map(({ reason }) => reason))).toEqual(new Set(['holderMissing']));
    expect(covered?.excluded.every(({ area }) => area.startsWith('05113'))).toBe(true);
  });
});
