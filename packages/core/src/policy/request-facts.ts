/** The request as a policy sees it: what a planned table measures, groups by and filters on, how finely, and what it stands on. */
import type { AtomFilter, MeasureKind, Sha256, Table } from '@revier/schema';
import type { CodeIndex } from '../query/code-index.ts';
import type { PlanTask } from '../query/plan.ts';
import { type Vocabulary, variableOf } from '../query/vocabulary.ts';
import type { Grain, PolicyRequest } from './snapshot.ts';

/** What does not follow from the table. */
export type Asking = Pick<
  PolicyRequest,
  | 'agreement'
  | 'dataUser'
  | 'realm'
  | 'register'
  | 'purposes'
  | 'action'
  | 'attestation'
  | 'dataset'
  | 'cells'
  | 'minCellSize'
>;

export function policyRequest(task: PlanTask, vocabulary: Vocabulary, asking: Omit<Asking, 'dataset'>): PolicyRequest {
  const { table, tableHash, holder, dataset } = task;
  const filters = table.measures.flatMap(({ where }) => where);
  return {
    ...asking,
    holder,
    dataset: dataset.id,
    mode: dataset.mode,
    tableHash,
    measures: unique(table.measures.map(({ kind }): MeasureKind => (kind === 'direct-rate' ? 'rate' : kind))),
    groupVariables: unique(table.by.map(({ variable }) => variable)),
    filterVariables: unique(filters.map(({ variable }) => variable)),
    grains: grainsOf(task, vocabulary, filters),
    dimensions: table.by.length,
    versions: versionsOf(task, vocabulary),
  };
}

const unique = <T extends string>(all: readonly T[]): T[] => [...new Set(all)].sort();

function grainsOf(task: PlanTask, vocabulary: Vocabulary, filters: readonly AtomFilter[]): Grain[] {
  const grouped = task.table.by.flatMap((dimension) => {
    const lookup = 'lookup' in dimension ? vocabulary.lookup(dimension.lookup)?.from.level : undefined;
    const level = 'level' in dimension ? dimension.level : lookup;
    return level === undefined ? [] : [grainOf(task, vocabulary, dimension.variable, () => level)];
  });
  const filtered = filters.map(({ variable, atoms }) =>
    grainOf(task, vocabulary, variable, (index) => coarsestLevel(index, atoms)),
  );
  const byText = new Map([...grouped, ...filtered].map((grain) => [`${grain.variable} ${grain.level}`, grain]));
  return [...byText.keys()].sort().flatMap((key) => byText.get(key) ?? []);
}

/** Months are finer than years, though the two are lists of their own. */
const timeScale = ['month', 'year'];

/** Compares with nothing; a plan never leads here. */
const nowhere = { level: 'unknown', scale: ['unknown'] };

function grainOf(
  { model, dataset }: PlanTask,
  vocabulary: Vocabulary,
  name: string,
  levelOn: (index: CodeIndex) => string,
): Grain {
  const variable = variableOf(model, name);
  const index = vocabulary.codeList(dataset.grain[name]?.codeList ?? '');
  if (variable === undefined || index === undefined) return { variable: name, concept: null, ...nowhere };
  if (index.list.id.startsWith('month/')) return { variable: name, concept: 'year', level: 'month', scale: timeScale };
  const concept = ('concept' in variable ? variable.concept : undefined) ?? null;
  return { variable: name, concept, level: levelOn(index), scale: concept === 'year' ? timeScale : index.list.levels };
}

/** A condition is as fine as the coarsest level whose codes it takes whole. */
function coarsestLevel({ list, codesAt, atomsOf }: CodeIndex, atoms: readonly string[]): string {
  const wanted = new Set(atoms);
  const isWhole = (level: string): boolean => {
    const inside = codesAt(level).filter(({ code }) => atomsOf(code).every((atom) => wanted.has(atom)));
    return new Set(inside.flatMap(({ code }) => atomsOf(code))).size === wanted.size;
  };
  return list.levels.findLast(isWhole) ?? list.levels[0] ?? '';
}

/** Whatever the figures depend on, by the hash that the catalogue names. */
function versionsOf({ table, dataset }: PlanTask, { catalogue }: Vocabulary): PolicyRequest['versions'] {
  const named = (current: Readonly<Record<string, Sha256>>, names: readonly string[]) =>
    Object.fromEntries(unique(names).map((name) => [name, current[name] ?? null]));
  return {
    dataModels: named(catalogue.dataModels, [table.model, ...table.coverage.map(({ model }) => model)]),
    codeLists: named(
      catalogue.codeLists,
      Object.values(dataset.grain).map(({ codeList }) => codeList),
    ),
    lookups: named(catalogue.lookups, lookupsOf(table)),
    standards: named(
      catalogue.standards,
      table.measures.flatMap((measure) => (measure.kind === 'direct-rate' ? [measure.standard] : [])),
    ),
  };
}

const lookupsOf = ({ by }: Table): string[] =>
  by.flatMap((dimension) => ('lookup' in dimension ? [dimension.lookup] : []));
