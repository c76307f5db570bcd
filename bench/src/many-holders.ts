/** Invented holders in any number, all with stays of rehabilitation: a vocabulary, a question, its plan, and what each releases. */
import { encodeRelease } from '@revier/connector-sdk';
import {
  type CatalogueDocument,
  canonicalQuestion,
  catalogueOf,
  discloseLocal,
  documentStore,
  openCatalogue,
  type Plan,
  type PlanTask,
  planQuestion,
  prepareTable,
  type Vocabulary,
} from '@revier/core';
import {
  builtInCodeLists,
  builtInModels,
  builtInStandards,
  type DatasetDescription,
  dataModels,
  type QuestionInput,
} from '@revier/schema';
import { describeDataset } from '@revier/testkit';

export const REGISTER = 'urn:revier:register:bench';

export interface ManyHolders {
  readonly datasets: readonly DatasetDescription[];
  readonly vocabulary: Vocabulary;
  readonly question: QuestionInput;
  readonly plan: Plan;
}

/** @param codes how many codes of which dimensions each holder has; their product is the number of cells */
export function manyHolders(count: number, codes: { readonly year: number; readonly age?: number }): ManyHolders {
  const datasets = Array.from({ length: count }, (_, at) => datasetOf(`holder-${String(at).padStart(4, '0')}`, codes));
  const documents: CatalogueDocument[] = [...builtInModels, ...builtInCodeLists, ...builtInStandards, ...datasets];
  const vocabulary = openCatalogue(catalogueOf('test', 1, documents), documentStore(documents));
  const question: QuestionInput = {
    register: REGISTER,
    purpose: 'ehds:ImproveHealthcare',
    aggregates: { stays: { model: 'rehab-episode/1', count: 'episodes' } },
    by: [{ variable: 'year' }, ...(codes.age === undefined ? [] : [{ variable: 'age' }])],
    holders: { asked: datasets.map(({ holder }) => holder) },
  };
  return { datasets, vocabulary, question, plan: planQuestion(canonicalQuestion(question), vocabulary) };
}

function datasetOf(holder: string, codes: { readonly year: number; readonly age?: number }): DatasetDescription {
  const made = describeDataset({ holder, model: dataModels.rehabEpisode, mode: 'L', coverage: [] });
  const numbered = (count: number, from: number) => Array.from({ length: count }, (_, at) => String(from + at));
  const restricted = (variable: string, of: string[]) => {
    const own = made.grain[variable];
    return own === undefined ? {} : { [variable]: { ...own, codes: of } };
  };
  return {
    ...made,
    coverage: { areas: [], years: { from: 1900, to: 2100 } },
    grain: {
      ...made.grain,
      ...restricted('year', numbered(codes.year, 1950)),
      ...(codes.age === undefined ? {} : restricted('age', numbered(codes.age, 20))),
    },
  };
}

const MIN_CELL_SIZE = 5;
const NOISE_KEY = new Uint8Array(32).fill(7);

/** The body that a holder releases: figures of its own, so that no two bodies are alike; nothing is small. */
export function bodyOf({ vocabulary }: ManyHolders, task: PlanTask, holder: number): Uint8Array {
  const { domain } = prepareTable(task, vocabulary, null);
  const cells = domain.reduce<number[][]>((rows, codes) => rows.flatMap((row) => codes.map((n) => [...row, n])), [[]]);
  const keys = domain.map((_, d) => Uint32Array.from(cells, (cell) => cell[d] ?? 0));
  const figures = Float64Array.from(cells, (_, at) => 100 + ((holder * 31 + at * 7) % 900));
  const signature = new Uint32Array(cells.length).fill(1);
  const raw = {
    measures: [{ kind: 'count' as const, keys, value: figures, persons: figures }],
    atoms: { keys, signature, records: figures, persons: figures },
  };
  const { table, tableHash } = task;
  const input = { table, tableHash, domain, raw, rates: new Map() };
  return encodeRelease(discloseLocal(input, { minCellSize: MIN_CELL_SIZE }, NOISE_KEY));
}
