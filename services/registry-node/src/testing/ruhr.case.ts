/** A small synthetic Ruhr on disk: a cancer registry and the populations of three cities, with their descriptions. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ColumnarSource,
  type Columns,
  type ImportRequest,
  importColumns,
  openColumnar,
} from '@revier/connector-sdk';
import {
  type CatalogueDocument,
  catalogueOf,
  contentHash,
  documentStore,
  indexCodeList,
  openCatalogue,
  recordKeyer,
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
} from '@revier/schema';
import { syntheticRuhr } from '@revier/synthetic-ruhr';

export interface HolderData {
  readonly slug: string;
  readonly description: DatasetDescription;
  readonly source: ColumnarSource;
  /** What the store was imported from. */
  readonly imported: Pick<ImportRequest, 'model' | 'grain' | 'batches'>;
}

export interface Ruhr {
  readonly areas: CodeList;
  readonly deprivation: Lookup;
  readonly holders: readonly HolderData[];
  readonly vocabulary: Vocabulary;
  /** Sum of the imported figures of Bochum. */
  readonly bochumPersonYears: number;
  close(): Promise<void>;
}

export const NOISE_KEY = new Uint8Array(32).fill(7);
const LIMITS = { memoryLimitMb: 256, threads: 2 };
const cities = [
  ['bochum', '05911'],
  ['essen', '05113'],
  ['gelsenkirchen', '05513'],
] as const;

export async function makeRuhr(): Promise<Ruhr> {
  const folder = await mkdtemp(join(tmpdir(), 'revier-node-'));
  const ruhr = syntheticRuhr({ persons: 20_000 });
  const lists = new Map([...builtInCodeLists, ruhr.areas].map((list) => [list.id, list]));
  const hold = async (
    slug: string,
    model: DataModel,
    columns: Columns,
    areas: readonly string[],
  ): Promise<HolderData> => {
    const mode = model.person === null ? 'O' : 'L';
    const grain = grainOf(model, lists, ruhr.areas, mode);
    const imported = { model, grain: storedCodes(grain, lists), batches: [columns] };
    const id = `urn:revier:dataset:${slug}`;
    const outcome = await importColumns({
      ...imported,
      folder,
      name: slug,
      recordKey: recordKeyer(NOISE_KEY, id),
    });
    if (outcome.rejectedTotal > 0) throw new Error(`records of ${slug} do not fit`);
    const source = await openColumnar({ folder, name: slug, ...LIMITS });
    return { slug, source, imported, description: describe({ slug, model, mode, grain, areas, epoch: outcome.epoch }) };
  };
  const holders = [await hold('registry', dataModels.cancerCase, ruhr.cancerCases(), ['RUHR-SYN'])];
  for (const [slug, code] of cities)
    holders.push(await hold(slug, dataModels.population, ruhr.population(code), [code]));
  const documents: CatalogueDocument[] = [
    ...builtInModels,
    ...builtInCodeLists,
    ...builtInStandards,
    ruhr.areas,
    ruhr.deprivation,
    ...holders.map(({ description }) => description),
  ];
  return {
    areas: ruhr.areas,
    deprivation: ruhr.deprivation,
    holders,
    bochumPersonYears: (ruhr.population('05911').persons ?? []).reduce<number>((sum, one) => sum + Number(one), 0),
    vocabulary: openCatalogue(catalogueOf('test', 1, documents), documentStore(documents)),
    async close() {
      for (const { source } of holders) await source.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const storedCodes = (
  grain: DatasetDescription['grain'],
  lists: ReadonlyMap<string, CodeList>,
): ImportRequest['grain'] =>
  Object.fromEntries(
    Object.entries(grain).map(([name, { codeList, level, codes }]) => {
      const list = lists.get(codeList);
      const all = list === undefined ? [] : indexCodeList(list).codesAt(level);
      return [name, { stored: new Set(codes ?? all.map(({ code }) => code)) }];
    }),
  );

function grainOf(
  model: DataModel,
  lists: ReadonlyMap<string, CodeList>,
  areas: CodeList,
  mode: 'O' | 'L',
): DatasetDescription['grain'] {
  const grain: DatasetDescription['grain'] = {};
  for (const variable of model.variables) {
    if (variable.role !== 'dimension') continue;
    const codeList = variable.codeList ?? areas.id;
    const level = variable.concept === 'age' && mode === 'O' ? 'band14' : (lists.get(codeList)?.levels[0] ?? '');
    grain[variable.name] = { codeList, level, ...(variable.concept === 'sex' ? { codes: ['F', 'M'] } : {}) };
  }
  return grain;
}

interface Described {
  readonly slug: string;
  readonly model: DataModel;
  readonly mode: 'O' | 'L';
  readonly grain: DatasetDescription['grain'];
  readonly areas: readonly string[];
  readonly epoch: string;
}

const text = (of: string) => ({ de: of, en: of });

const describe = ({ slug, model, mode, grain, areas, epoch }: Described): DatasetDescription => ({
  kind: 'dataset',
  id: `urn:revier:dataset:${slug}`,
  holder: `did:web:${slug}.example`,
  holderName: slug,
  realm: 'test',
  title: text(slug),
  description: text(`${slug} (SYNTHETIC)`),
  model: model.id,
  modelHash: contentHash(model),
  synthetic: true,
  accessRights: mode === 'O' ? 'PUBLIC' : 'NON_PUBLIC',
  mode,
  grain,
  coverage: { areas: [...areas], years: { from: 2016, to: 2020 } },
  epoch,
  asOf: '2021-06-30T00:00:00Z',
  source: 'SYNTHETIC',
});
