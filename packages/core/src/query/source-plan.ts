/** From a planned table to what a data source is asked for: stored codes, code numbers, and the cells that there can be. */

import { AppError, type AtomFilter, type TableMeasure } from '@revier/schema';
import { contributionCap } from '../disclosure/secure-sum/sum-measures.ts';
import type { CoveredAreas } from './coverage.ts';
import { storedCodes } from './filter.ts';
import { type Grouping, groupingOn, groupingsOf, storedVariable } from './grouping.ts';
import type { PlanTask } from './plan.ts';
import type { SourceDimension, SourceFilter, SourceMeasure, SourceTable } from './source-table.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface PreparedTable {
  readonly source: SourceTable;
  /** Code numbers that may appear in each dimension, ascending; every other code is a structural zero. */
  readonly domain: readonly (readonly number[])[];
  /** Combinations in which nobody can be, by public knowledge. */
  readonly impossible: readonly Impossible[];
}

/** For each dimension the code numbers that it is about; null: any. Totals are never meant. */
export type Impossible = readonly (readonly number[] | null)[];

/**
 * @param covered the areas that count, for a table with coverage
 * @throws AppError GRAIN_UNAVAILABLE, VARIABLE_UNKNOWN, INTERNAL when coverage is due and missing
 */
export function prepareTable(task: PlanTask, vocabulary: Vocabulary, covered: CoveredAreas | null): PreparedTable {
  if (task.table.coverage.length > 0 && covered === null) throw new AppError('INTERNAL');
  const stored = storedOf(task, vocabulary, covered);
  const groupings = groupingsOf(task, vocabulary);
  const dimensions = groupings.map((grouping) => sourceDimension(grouping, stored.shown(grouping.variable.name)));
  return {
    source: {
      person: task.model.person,
      dimensions,
      margins: task.table.margins,
      measures: task.table.measures.map((measure) => sourceMeasure(task, vocabulary, stored, measure)),
    },
    domain: dimensions.map(({ pairs }) => [...new Set(pairs.map(([, number]) => number))].sort((a, b) => a - b)),
    impossible: (task.dataset.impossible ?? []).flatMap((codes) => impossibleIn(codes, dimensions) ?? []),
  };
}

/** Null where the table does not tell all of the variables apart, or no group of codes lies within. */
function impossibleIn(
  codes: Readonly<Record<string, readonly string[]>>,
  dimensions: readonly SourceDimension[],
): readonly [Impossible] | null {
  if (!Object.keys(codes).every((name) => dimensions.some(({ variable }) => variable === name))) return null;
  const own = dimensions.map(({ variable, pairs }) => {
    const stored = codes[variable];
    if (stored === undefined) return null;
    const inside = new Set(stored);
    const open = new Set(pairs.flatMap(([code, number]) => (inside.has(code) ? [] : [number])));
    return [...new Set(pairs.map(([, number]) => number))].filter((number) => !open.has(number));
  });
  return own.some((numbers) => numbers?.length === 0) ? null : [own];
}

const sourceDimension = (grouping: Grouping, stored: readonly string[]): SourceDimension => ({
  variable: grouping.variable.name,
  pairs: stored.flatMap((code) => {
    const number = grouping.numberOf(code);
    return number === undefined ? [] : [[code, number] as const];
  }),
});

interface StoredCodes {
  /** Stored codes that a condition admits. */
  admitted(filter: AtomFilter): string[];
  /** Stored codes that can appear as a dimension: declared, covered, and admitted by at least one measure. */
  shown(variable: string): string[];
  /** Stored codes that every measure is restricted to, whatever its own conditions. */
  readonly everywhere: readonly SourceFilter[];
}

function storedOf(task: PlanTask, vocabulary: Vocabulary, covered: CoveredAreas | null): StoredCodes {
  const area = task.model.variables.find(({ concept }) => concept === 'area')?.name;
  const at = (variable: string) => storedVariable(vocabulary, task.model, task.dataset, variable, '/by');
  const admitted = (filter: AtomFilter): string[] => {
    const { index, grain } = at(filter.variable);
    return storedCodes(index, grain, filter);
  };
  const declared = (variable: string): string[] => heldCodes(task, vocabulary, variable);
  const inCoverage = (code: string): boolean => {
    const ancestor = area && covered && at(area).index.ancestorAt(code, covered.level);
    return covered === null || (ancestor !== undefined && ancestor !== null && covered.areas.has(ancestor));
  };
  const shown = (variable: string): string[] => {
    const conditions = task.table.measures.map(({ where }) => where.find((filter) => filter.variable === variable));
    const union = conditions.some((filter) => filter === undefined)
      ? null
      : new Set(conditions.flatMap((filter) => (filter ? admitted(filter) : [])));
    return declaredCoverage(task, vocabulary, variable, declared(variable)).filter(
      (code) => (union?.has(code) ?? true) && (variable !== area || inCoverage(code)),
    );
  };
  return {
    admitted,
    shown,
    everywhere:
      covered === null || area === undefined ? [] : [{ variable: area, stored: declared(area).filter(inCoverage) }],
  };
}

type Declared = Pick<PlanTask, 'model' | 'dataset'>;

function heldCodes({ model, dataset }: Declared, vocabulary: Vocabulary, variable: string): string[] {
  const { index, grain } = storedVariable(vocabulary, model, dataset, variable, '/by');
  const own = dataset.grain[variable]?.codes && new Set(dataset.grain[variable].codes);
  const codes = index.codesAt(grain).map(({ code }) => code);
  return own === undefined ? codes : codes.filter((code) => own.has(code));
}

/** Stored codes of a variable under which a record of the dataset can stand. @throws AppError VARIABLE_UNKNOWN, GRAIN_UNAVAILABLE */
export const declaredCodes = (of: Declared, vocabulary: Vocabulary, variable: string): readonly string[] =>
  declaredCoverage(of, vocabulary, variable, heldCodes(of, vocabulary, variable));

/** Areas and years beyond the declared coverage are structural zeros too. */
function declaredCoverage(
  task: Declared,
  vocabulary: Vocabulary,
  variable: string,
  codes: readonly string[],
): readonly string[] {
  const concept = task.model.variables.find(({ name }) => name === variable)?.concept;
  const { areas, years } = task.dataset.coverage;
  if (concept === 'year') return codes.filter((code) => Number(code) >= years.from && Number(code) <= years.to);
  if (concept !== 'area') return codes;
  const { index } = storedVariable(vocabulary, task.model, task.dataset, variable, '/by');
  const atoms = new Set(areas.flatMap((code) => index.atomsOf(code)));
  return codes.filter((code) => index.atomsOf(code).some((atom) => atoms.has(atom)));
}

function sourceMeasure(
  task: PlanTask,
  vocabulary: Vocabulary,
  stored: StoredCodes,
  measure: TableMeasure,
): SourceMeasure {
  const where = [
    ...measure.where.map((filter) => ({ variable: filter.variable, stored: stored.admitted(filter) })),
    ...stored.everywhere,
  ];
  if (measure.kind === 'sum') {
    const cap = task.dataset.mode === 'F' ? contributionCap(task.model, measure) : null;
    return { kind: 'sum', variable: measure.variable, where, ...(cap === null ? {} : { cap }) };
  }
  const unit = task.model.units[measure.unit];
  if (unit === undefined)
    throw AppError.at('VARIABLE_UNKNOWN', '/aggregates', `${task.model.id} has no unit "${measure.unit}".`);
  const identifier = unit.kind === 'distinct' ? unit.identifier : null;
  if (measure.kind === 'count') return { kind: 'count', identifier, where };
  const over = groupingOn(vocabulary, task.model, task.dataset, measure.over, '/derived');
  const codes = over.index.codesAt(over.grain).map(({ code }) => code);
  return { kind: 'strata', identifier, where, stratum: sourceDimension(over, codes) };
}
