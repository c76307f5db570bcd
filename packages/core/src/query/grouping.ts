/** Groupings: what a dimension means on one dataset, from stored codes to the code numbers of the answer. */
import {
  AppError,
  type DataModel,
  type DatasetDescription,
  type Dimension,
  type TableDimension,
  type Text,
  type Variable,
} from '@revier/schema';
import { type CodeIndex, labelOf } from './code-index.ts';
import type { PlanTask } from './plan.ts';
import { type Vocabulary, variableOf } from './vocabulary.ts';

export interface GroupCode {
  readonly code: string;
  readonly label: Text;
}

export interface Grouping {
  readonly dimension: TableDimension;
  readonly variable: Variable;
  /** The code list that the dataset stores the variable in, and its grain. */
  readonly index: CodeIndex;
  readonly grain: string;
  /** The level that decides: the dimension's own, or the one that the lookup starts from. */
  readonly level: string;
  /** The place of a code is its number. */
  readonly codes: readonly GroupCode[];
  /** Number of the group that a code of `level` or finer belongs to. */
  numberOf(code: string): number | undefined;
}

/** A thousand holders of one model and grain share one grouping: the same words on the same vocabulary are the same object. */
const known = new WeakMap<Vocabulary, Map<string, Grouping>>();

/** @throws AppError VARIABLE_UNKNOWN, LOOKUP_UNKNOWN, GRAIN_UNAVAILABLE, BOUNDARIES_DIFFER, each at `pointer`. */
export function groupingOn(
  vocabulary: Vocabulary,
  model: DataModel,
  dataset: DatasetDescription,
  dimension: Dimension,
  pointer: string,
): Grouping {
  const stored = storedVariable(vocabulary, model, dataset, dimension.variable, pointer);
  const words = 'lookup' in dimension ? ['lookup', dimension.lookup] : ['level', dimension.level ?? stored.grain];
  const key = [model.id, stored.variable.name, stored.index.list.id, stored.grain, ...words].join(' ');
  const groupings = known.get(vocabulary) ?? new Map<string, Grouping>();
  known.set(vocabulary, groupings);
  const found = groupings.get(key);
  if (found?.variable === stored.variable) return found;
  const made =
    'lookup' in dimension
      ? byLookup(vocabulary, stored, dimension.lookup, pointer)
      : byLevel(stored, dimension.level ?? stored.grain, pointer);
  groupings.set(key, made);
  return made;
}

function byLevel({ variable, index, grain }: Stored, level: string, pointer: string): Grouping {
  if (!index.isCoarser(level, grain)) throw grainUnavailable(pointer, variable.name, level);
  const codes = index.codesAt(level).map((entry) => ({ code: entry.code, label: labelOf(entry) }));
  const numbers = new Map(codes.map(({ code }, number) => [code, number]));
  return {
    dimension: { variable: variable.name, level },
    variable,
    index,
    grain,
    level,
    codes,
    numberOf: (code) => numbers.get(index.ancestorAt(code, level) ?? ''),
  };
}

interface Stored {
  readonly variable: Variable;
  readonly index: CodeIndex;
  readonly grain: string;
}

/** A coded variable as one dataset stores it. @throws AppError VARIABLE_UNKNOWN at `pointer` */
export function storedVariable(
  vocabulary: Vocabulary,
  model: DataModel,
  dataset: DatasetDescription,
  name: string,
  pointer: string,
): Stored {
  const variable = variableOf(model, name);
  if (variable === undefined || variable.role !== 'dimension')
    throw AppError.at('VARIABLE_UNKNOWN', pointer, `${model.id} has no dimension "${name}".`);
  const grain = dataset.grain[variable.name];
  const index = grain && vocabulary.codeList(grain.codeList);
  if (grain === undefined || index === undefined) throw grainUnavailable(pointer, variable.name, 'any level');
  return { variable, index, grain: grain.level };
}

function byLookup(vocabulary: Vocabulary, stored: Stored, name: string, pointer: string): Grouping {
  const lookup = vocabulary.lookup(name);
  if (lookup === undefined) throw AppError.at('LOOKUP_UNKNOWN', pointer, `There is no lookup "${name}".`);
  if (lookup.from.codeList !== stored.index.list.id)
    throw AppError.at(
      'BOUNDARIES_DIFFER',
      pointer,
      `${name} groups ${lookup.from.codeList}; the data are coded by ${stored.index.list.id}.`,
    );
  if (!stored.index.isCoarser(lookup.from.level, stored.grain))
    throw grainUnavailable(pointer, stored.variable.name, lookup.from.level);
  const numbers = new Map(lookup.to.map(({ code }, number) => [code, number]));
  const groups = new Map(lookup.pairs.map(([from, to]) => [from, numbers.get(to)]));
  return {
    dimension: { variable: stored.variable.name, lookup: name },
    ...stored,
    level: lookup.from.level,
    codes: lookup.to,
    numberOf: (code) => groups.get(stored.index.ancestorAt(code, lookup.from.level) ?? ''),
  };
}

const grainUnavailable = (pointer: string, variable: string, level: string): AppError =>
  AppError.at('GRAIN_UNAVAILABLE', pointer, `"${variable}" is not held at ${level}.`);

/** The finer of two levels of one list. */
export const finer = (index: CodeIndex, a: string, b: string): string => (index.isCoarser(a, b) ? b : a);

/** The groupings of a planned table, in the order of its dimensions. */
export const groupingsOf = (task: PlanTask, vocabulary: Vocabulary): Grouping[] =>
  task.table.by.map((dimension) => groupingOn(vocabulary, task.model, task.dataset, dimension, '/by'));
