/** What tables of one dataset tell apart: every table as a map from atoms to cells, product by product of its variables. */
import { AppError, type DataModel, type DatasetDescription, type Sha256, type Table } from '@revier/schema';
import { canonicalText, contentHash } from '../../query/canonical.ts';
import { storedCodes } from '../../query/filter.ts';
import { type Grouping, groupingOn, storedVariable } from '../../query/grouping.ts';
import { declaredCodes } from '../../query/source-plan.ts';
import type { Vocabulary } from '../../query/vocabulary.ts';
import { subsetsOf } from '../subsets.ts';
import { drawsOf, type NoisedCells } from './draws.ts';

/** The block of each class of a variable, numbered in order of appearance; -1: the class is in no cell. */
export type Blocks = Int32Array;

/** One count, or one sum, of one table or of one of its totals: a cell for each combination of blocks. */
export interface View {
  readonly blocks: readonly Blocks[];
  /** Tables that show it. */
  readonly tables: ReadonlySet<Sha256>;
  /** How often its cells are seen with noise of their own; 0 where they are cells of another view. */
  readonly draws: number;
}

/**
 * Figures of one kind over one dataset: sets that differ carry independent noise. Equal sets carry the same, except in a secure sum, where noise belongs to
 * a cell by its name: one set under two names is seen twice.
 */
export interface FigureSystem {
  /** What is counted or summed up. */
  readonly figure: string;
  readonly variables: readonly string[];
  /** Classes of each variable: stored codes that none of the tables tells apart are one. Atoms are their combinations. */
  readonly classes: readonly number[];
  readonly views: readonly View[];
}

export interface TablesOf {
  readonly tables: readonly Table[];
  readonly vocabulary: Vocabulary;
  readonly dataset: DatasetDescription;
}

/** Views of one system beyond which nothing is checked. */
export const MAX_VIEWS = 400;

/**
 * One system for each unit that is counted, each variable summed up, and each unit that rates are made of. A lookup, a filter and the areas of a coverage are
 * partitions like any level; none needs to be nested in another. Weights of rates are not known at approval: a rate counts as
 * a figure about the whole of its cell.
 * @throws AppError VARIABLE_UNKNOWN, LOOKUP_UNKNOWN, GRAIN_UNAVAILABLE, BOUNDARIES_DIFFER, MODEL_UNKNOWN: the catalogue does not know a word of a table
 */
export function figureSystems(of: TablesOf): readonly FigureSystem[] {
  const drafts = of.tables.flatMap((table) => viewsOf(table, of));
  return [...Map.groupBy(drafts, ({ figure }) => figure)].map(([figure, own]) => systemOf(figure, own));
}

/** A view over stored codes; a variable that is not named tells nothing apart. */
interface ViewDraft {
  readonly figure: string;
  readonly table: Sha256;
  readonly blocks: ReadonlyMap<string, Blocks>;
  readonly noised: NoisedCells;
}

function viewsOf(table: Table, { vocabulary, dataset }: TablesOf): ViewDraft[] {
  const model = vocabulary.model(table.model);
  if (model === undefined) throw AppError.at('MODEL_UNKNOWN', '/model', `The catalogue has no model "${table.model}".`);
  const hash = contentHash(table);
  const context = { vocabulary, dataset, model };
  const dimensions = table.by.map((dimension) => {
    const grouping = groupingOn(vocabulary, model, dataset, dimension, '/by');
    const codes = declaredCodes(context, vocabulary, grouping.variable.name);
    const blocks = Int32Array.from(codes, (code) => grouping.numberOf(code) ?? -1);
    return { variable: grouping.variable.name, blocks };
  });
  const shown = table.margins ? subsetsOf(dimensions.length) : [dimensions.map(() => true)];
  return table.measures.flatMap((measure) => {
    const masks = masksOf(table, measure.where, context);
    const named = dataset.mode === 'F' ? namedCells(table, measure.where, context) : null;
    return shown.flatMap((isShown) => {
      const blocks = blocksOf(dimensions, isShown, masks);
      const noised = named?.(isShown) ?? { cells: blocks, apart: '' };
      const view = { figure: figureOf(measure, table.model), table: hash, blocks, noised };
      return dataset.mode === 'F' && measure.kind === 'sum'
        ? [view, personsBehind(view, measure.variable, model)]
        : view;
    });
  });
}

/** With a secure sum of figures the number of persons who have one is opened, under noise of its own. */
function personsBehind(sum: ViewDraft, variable: string, model: DataModel): ViewDraft {
  const unit = Object.entries(model.units).find(
    ([, one]) => one.kind === 'distinct' && one.identifier === model.person,
  );
  const noised = { ...sum.noised, apart: `${sum.noised.apart} having ${variable}` };
  return { ...sum, figure: `count ${unit?.[0] ?? 'persons'} ${model.id}`, noised };
}

/** In a secure sum noise belongs to the names of cells, which follow from all codes of a list, whatever the dataset declares (query/cell-id.ts). */
function namedCells(table: Table, where: Table['measures'][number]['where'], context: Context) {
  const { vocabulary, dataset, model } = context;
  const finest = ({ index }: Pick<Grouping, 'index'>) =>
    index.codesAt(index.list.levels[0] ?? '').map(({ code }) => code);
  const dimensions = table.by.map((dimension) => {
    const grouping = groupingOn(vocabulary, model, dataset, dimension, '/by');
    const blocks = Int32Array.from(finest(grouping), (code) => grouping.numberOf(code) ?? -1);
    return { variable: grouping.variable.name, blocks };
  });
  const masks = new Map(
    where.map(({ variable, atoms }) => {
      const codes = finest(storedVariable(vocabulary, model, dataset, variable, '/where'));
      const admitted = new Set(atoms);
      return [variable, Uint8Array.from(codes, (code) => (admitted.has(code) ? 1 : 0))] as const;
    }),
  );
  return (isShown: readonly boolean[]): NoisedCells => {
    const shown = new Set(dimensions.flatMap(({ variable }, d) => (isShown[d] === true ? [variable] : [])));
    // A condition that every code meets stands in the name nevertheless.
    const idle = [...masks].flatMap(([variable, mask]) => (shown.has(variable) || mask.includes(0) ? [] : [variable]));
    return {
      cells: blocksOf(dimensions, isShown, masks),
      apart: canonicalText({ coverage: table.coverage, idle: idle.sort() }),
    };
  };
}

function figureOf(measure: Table['measures'][number], model: string): string {
  if (measure.kind === 'sum') return `sum ${measure.variable} ${model}`;
  if (measure.kind === 'count') return `count ${measure.unit} ${model}`;
  return `rate ${measure.unit} ${model}`;
}

interface Context {
  readonly vocabulary: Vocabulary;
  readonly dataset: DatasetDescription;
  readonly model: DataModel;
}

/** For each variable with a condition, whether each stored code meets all of them. */
function masksOf(
  { coverage }: Table,
  where: Table['measures'][number]['where'],
  context: Context,
): ReadonlyMap<string, Uint8Array> {
  const { vocabulary, dataset, model } = context;
  const masks = new Map<string, Uint8Array>();
  const restrict = (variable: string, admits: (code: string) => boolean): void => {
    const codes = declaredCodes(context, vocabulary, variable);
    const before = masks.get(variable);
    masks.set(
      variable,
      Uint8Array.from(codes, (code, i) => ((before?.[i] ?? 1) === 1 && admits(code) ? 1 : 0)),
    );
  };
  for (const filter of where) {
    const { variable, index, grain } = storedVariable(vocabulary, model, dataset, filter.variable, '/where');
    const admitted = new Set(storedCodes(index, grain, filter));
    restrict(variable.name, (code) => admitted.has(code));
  }
  const area = model.variables.find(({ concept }) => concept === 'area')?.name;
  if (area !== undefined && dataset.grain[area] !== undefined)
    for (const { model: population } of coverage) {
      const { index } = storedVariable(vocabulary, model, dataset, area, '/coverage');
      const covered = coveredBy(population, vocabulary, (code) => index.atomsOf(code));
      restrict(area, (code) => index.atomsOf(code).every((atom) => covered.has(atom)));
    }
  return masks;
}

/** The areas that the population is declared for, all holders together. */
export const coveredBy = (
  population: string,
  { datasets }: Vocabulary,
  atomsOf: (code: string) => readonly string[],
): ReadonlySet<string> =>
  new Set(
    datasets
      .filter(({ model }) => model === population)
      .flatMap(({ coverage }) => coverage.areas.flatMap((code) => atomsOf(code))),
  );

/** A total leaves out what belongs to no cell, as the cells below it do. */
function blocksOf(
  dimensions: readonly { readonly variable: string; readonly blocks: Blocks }[],
  isShown: readonly boolean[],
  masks: ReadonlyMap<string, Uint8Array>,
): ReadonlyMap<string, Blocks> {
  const blocks = new Map<string, Blocks>();
  dimensions.forEach(({ variable, blocks: own }, d) => {
    const before = blocks.get(variable);
    const next = own.map((block) => (block < 0 || isShown[d] === true ? block : 0));
    blocks.set(variable, before === undefined ? next : crossed(before, next));
  });
  for (const [variable, mask] of masks) {
    const own = blocks.get(variable) ?? new Int32Array(mask.length);
    blocks.set(
      variable,
      own.map((block, code) => (mask[code] === 1 ? block : -1)),
    );
  }
  return blocks;
}

/** One variable grouped twice, by level and by lookup say. */
const crossed = (one: Blocks, other: Blocks): Blocks => {
  const wide = Math.max(...other, 0) + 1;
  return one.map((block, i) => (block < 0 || (other[i] ?? -1) < 0 ? -1 : block * wide + (other[i] ?? 0)));
};

function systemOf(figure: string, drafts: readonly ViewDraft[]): FigureSystem {
  const lengths = new Map(
    drafts.flatMap(({ blocks }) => [...blocks].map(([name, own]) => [name, own.length] as const)),
  );
  const variables = [...lengths.keys()].sort();
  const parted = variables.map((name) => {
    const whole = new Int32Array(lengths.get(name) ?? 0);
    return classesOf(drafts.map(({ blocks }) => blocks.get(name) ?? whole));
  });
  const views = new Map<string, { blocks: Blocks[]; tables: Set<Sha256>; noised: NoisedCells[] }>();
  drafts.forEach(({ table, noised }, i) => {
    const blocks = parted.map(({ blocks: own }) => own[i] ?? new Int32Array());
    const key = blocks.map((own) => own.join()).join('|');
    const found = views.get(key) ?? { blocks, tables: new Set(), noised: [] };
    found.tables.add(table);
    found.noised.push(noised);
    views.set(key, found);
  });
  const found = [...views.values()];
  const draws = drawsOf(found.map(({ noised }) => noised));
  return {
    ...{ figure, variables, classes: parted.map(({ classes }) => classes) },
    views: found.map(({ blocks, tables }, i) => ({ blocks, tables, draws: draws[i] ?? 1 })),
  };
}

/** Codes that lie in the same block of every partition are one class; what lies in none of any partition is left out. */
function classesOf(partitions: readonly Blocks[]): { readonly classes: number; readonly blocks: readonly Blocks[] } {
  const places = new Map<string, number>();
  for (let code = 0; code < (partitions[0]?.length ?? 0); code++) {
    const key = partitions.map((blocks) => blocks[code] ?? -1);
    const name = key.join();
    if (key.some((block) => block >= 0) && !places.has(name)) places.set(name, code);
  }
  const codes = [...places.values()];
  return {
    classes: codes.length,
    blocks: partitions.map((blocks) => renumbered(codes.map((code) => blocks[code] ?? -1))),
  };
}

/** Two names of one partition become equal. */
function renumbered(blocks: readonly number[]): Blocks {
  const numbers = new Map<number, number>([[-1, -1]]);
  return Int32Array.from(blocks, (block) => {
    const known = numbers.get(block) ?? numbers.size - 1;
    numbers.set(block, known);
    return known;
  });
}
