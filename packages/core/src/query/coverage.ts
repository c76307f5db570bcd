/** Coverage: which areas count. An area that lacks numerator or denominator for any year leaves both, else rates are biased. */
import { AppError, cellStatuses, type Dimension, type ReleaseBody, type TableDimension } from '@revier/schema';
import { canonicalText } from './canonical.ts';
import type { CodeIndex } from './code-index.ts';
import { yearsOf } from './derived.ts';
import { groupingOn, groupingsOf, storedVariable } from './grouping.ts';
import type { Plan, PlanAggregate, PlanTask } from './plan.ts';
import { accountingAreaLevel } from './plan-question.ts';
import { type Vocabulary, variableOf } from './vocabulary.ts';

export interface CoveredAreas {
  readonly level: string;
  readonly areas: ReadonlySet<string>;
  readonly years: readonly string[];
  readonly excluded: readonly {
    readonly area: string;
    readonly reason: 'notCollected' | 'holderMissing' | 'noCounterpart';
  }[];
}

/** One open table that came back, at the grain at which areas and years are accounted for. */
export interface OpenPart {
  readonly task: PlanTask;
  readonly body: ReleaseBody;
}

/** One figure of an open table, with its codes by variable. */
export interface OpenRow {
  readonly codes: ReadonlyMap<string, string>;
  readonly status: (typeof cellStatuses)[number];
  readonly value: number;
}

/** The rows of one aggregate in an open table. @throws AppError INVALID_REQUEST when the body does not fit the table */
export function openRows(part: OpenPart, aggregate: PlanAggregate, vocabulary: Vocabulary): OpenRow[] {
  const place = part.task.table.measures.findIndex(
    (measure) => canonicalText(measure) === canonicalText(aggregate.measure),
  );
  const columns = part.body.measures[place];
  const groupings = groupingsOf(part.task, vocabulary);
  if (columns === undefined || columns.kind === 'direct-rate' || part.body.keys.length !== groupings.length)
    throw new AppError('INVALID_REQUEST', { detail: 'A release does not fit its table.' });
  const { value, status } = columns;
  return Array.from({ length: value.length }, (_, row) => ({
    codes: new Map(
      groupings.map(({ variable, codes }, dimension) => [
        variable.name,
        codes[part.body.keys[dimension]?.[row] ?? -1]?.code ?? '',
      ]),
    ),
    status: cellStatuses[status[row] ?? -1] ?? 'withheld',
    value: value[row] ?? Number.NaN,
  }));
}

/** Aggregates whose areas must agree: populations of rates, and events of rates. */
function linkedAggregates(plan: Plan): PlanAggregate[] {
  const events = plan.measures.flatMap((measure) =>
    measure.kind === 'crude-rate' || measure.kind === 'direct-rate' ? [measure.events] : [],
  );
  return [...new Set([...plan.coverage, ...events])];
}

/**
 * @param parts open tables that came back; a node passes the evidence that it verified, the broker what it merged
 * @returns null when the question has no rate, or its data have no areas: nothing is left out then
 */
export function coveredAreas(plan: Plan, vocabulary: Vocabulary, parts: readonly OpenPart[]): CoveredAreas | null {
  const linked = linkedAggregates(plan);
  const level = accountingAreaLevel(plan.question, vocabulary, linked);
  if (plan.coverage.length === 0 || level === undefined) return null;
  const years = wantedYears(plan);
  const accounts = linked.map((aggregate) => accountOf(aggregate, vocabulary, parts, level, years));
  const all = [...new Set(accounts.flatMap(({ declared }) => [...declared]))].sort();
  const areas = all.filter((area) => accounts.every(({ covers }) => covers.has(area)));
  const included = new Set(areas);
  return {
    level,
    areas: included,
    years,
    excluded: all.filter((area) => !included.has(area)).map((area) => ({ area, reason: reasonOf(accounts, area) })),
  };
}

function wantedYears(plan: Plan): readonly string[] {
  const [population] = plan.coverage;
  const named = population && yearsOf(population);
  if (named) return named;
  const years = plan.coverage.flatMap(({ datasets }) => datasets.map((dataset) => dataset.coverage.years));
  const from = Math.min(...years.map((span) => span.from));
  const to = Math.max(...years.map((span) => span.to));
  return Array.from({ length: to - from + 1 }, (_, offset) => String(from + offset));
}

interface Account {
  readonly declared: ReadonlySet<string>;
  readonly covers: ReadonlySet<string>;
  readonly notCollected: ReadonlySet<string>;
  /** Declared by a holder whose figures are not there. */
  readonly missing: ReadonlySet<string>;
}

function accountOf(
  aggregate: PlanAggregate,
  vocabulary: Vocabulary,
  parts: readonly OpenPart[],
  level: string,
  years: readonly string[],
): Account {
  const area = storedIn(aggregate, vocabulary);
  if (area === null) return { declared: new Set(), covers: new Set(), notCollected: new Set(), missing: new Set() };
  const perDataset = aggregate.datasets.map((dataset) => ({
    areas: declaredAt(area, dataset.coverage.areas, level),
    years: dataset.coverage.years,
    part: parts.find((part) => part.task.dataset.id === dataset.id),
  }));
  const declared = new Set(perDataset.flatMap(({ areas }) => areas));
  if (!aggregate.open) {
    const whole = perDataset.filter((dataset) =>
      years.every((year) => Number(year) >= dataset.years.from && Number(year) <= dataset.years.to),
    );
    return {
      declared,
      covers: new Set(whole.flatMap(({ areas }) => areas)),
      notCollected: new Set(),
      missing: new Set(),
    };
  }
  const rows = perDataset.flatMap(({ part }) => (part === undefined ? [] : openRows(part, aggregate, vocabulary)));
  const { covers, notCollected } = coveredByFigures(aggregate, rows, years);
  const missing = new Set(perDataset.filter(({ part }) => part === undefined).flatMap(({ areas }) => areas));
  return { declared, covers, notCollected, missing };
}

/** Populations cover an area in a year when they are above 0 there; events may be 0, but must have been collected. */
function coveredByFigures(
  aggregate: PlanAggregate,
  rows: readonly OpenRow[],
  years: readonly string[],
): Pick<Account, 'covers' | 'notCollected'> {
  const nameOf = (concept: string) =>
    aggregate.model.variables.find((variable) => variable.concept === concept)?.name ?? '';
  const isPopulation = aggregate.model.variables.some(({ role }) => role === 'weight');
  const totals = new Map<string, number>();
  const notCollected = new Set<string>();
  const seen = new Set<string>();
  for (const { codes, status, value } of rows) {
    const area = codes.get(nameOf('area')) ?? '';
    const key = `${area}|${codes.get(nameOf('year')) ?? ''}`;
    seen.add(key);
    if (status === 'notCollected') notCollected.add(area);
    else if (status === 'value') totals.set(key, (totals.get(key) ?? 0) + value);
  }
  const areas = new Set([...seen].map((key) => key.slice(0, key.indexOf('|'))));
  const has = (area: string, year: string): boolean =>
    isPopulation ? (totals.get(`${area}|${year}`) ?? 0) > 0 : seen.has(`${area}|${year}`);
  return {
    covers: new Set([...areas].filter((area) => !notCollected.has(area) && years.every((year) => has(area, year)))),
    notCollected,
  };
}

function reasonOf(accounts: readonly Account[], area: string): CoveredAreas['excluded'][number]['reason'] {
  if (accounts.some(({ notCollected }) => notCollected.has(area))) return 'notCollected';
  return accounts.some(({ missing, covers }) => missing.has(area) && !covers.has(area))
    ? 'holderMissing'
    : 'noCounterpart';
}

function storedIn(aggregate: PlanAggregate, vocabulary: Vocabulary): CodeIndex | null {
  const [dataset] = aggregate.datasets;
  if (dataset === undefined || !aggregate.model.variables.some(({ concept }) => concept === 'area')) return null;
  return storedVariable(vocabulary, aggregate.model, dataset, 'area', '/by').index;
}

/** Declared areas of any level, as codes of one level. */
function declaredAt(index: CodeIndex, declared: readonly string[], level: string): string[] {
  const atoms = new Set(declared.flatMap((code) => index.atomsOf(code)));
  return index
    .codesAt(level)
    .filter(({ code }) => index.atomsOf(code).some((atom) => atoms.has(atom)))
    .map(({ code }) => code);
}

/** How rows fall into one dimension. */
export interface RowGrouping {
  /** Code numbers that a row belongs to: one, none, or all of them where the row's model lacks the variable. */
  numbersOf(codes: ReadonlyMap<string, string>): readonly number[];
  /** The model lacks the variable: its figure stands under each code alike, and once under their total. */
  readonly repeats: boolean;
}

/** How rows of an open part fall into a dimension that was named on another model; variables are shared by concept. */
export function rowGrouping(vocabulary: Vocabulary, part: OpenPart, dimension: Dimension, codes: number): RowGrouping {
  const { model, dataset } = part.task;
  if (variableOf(model, dimension.variable) === undefined) {
    const all = Array.from({ length: codes }, (_, number) => number);
    return { numbersOf: () => all, repeats: true };
  }
  const grouping = groupingOn(vocabulary, model, dataset, dimension, '/by');
  return {
    numbersOf: (row) => {
      const number = grouping.numberOf(row.get(grouping.variable.name) ?? '');
      return number === undefined ? [] : [number];
    },
    repeats: false,
  };
}

/** Rows that count, each with every combination of code numbers that it falls under. */
export function* groupedRows(
  part: OpenPart,
  aggregate: PlanAggregate,
  vocabulary: Vocabulary,
  covered: CoveredAreas | null,
  groupings: readonly RowGrouping[],
): Generator<{ readonly numbers: readonly number[]; readonly row: OpenRow }> {
  const area = part.task.model.variables.find(({ concept }) => concept === 'area')?.name ?? '';
  for (const row of openRows(part, aggregate, vocabulary)) {
    if (covered !== null && !covered.areas.has(row.codes.get(area) ?? '')) continue;
    for (const numbers of combinations(groupings.map((grouping) => grouping.numbersOf(row.codes))))
      yield { numbers, row };
  }
}

const combinations = (choices: readonly (readonly number[])[]): number[][] =>
  choices.reduce<number[][]>((rows, numbers) => rows.flatMap((row) => numbers.map((number) => [...row, number])), [[]]);

/** The population behind each shown cell and stratum, summed over covered areas and years; dimensions as in the numerator's table. */
export interface TravellingPopulation {
  readonly keys: readonly Uint32Array[];
  readonly stratum: Uint32Array;
  readonly persons: Float64Array;
  /** Dimensions that the population does not know: it stands under each of their codes, and once under their total. */
  readonly repeatedAlong: readonly number[];
}

interface Travelling {
  readonly vocabulary: Vocabulary;
  /** The numerator's task. */
  readonly task: PlanTask;
  readonly parts: readonly OpenPart[];
  readonly covered: CoveredAreas | null;
}

/** Denominators for one direct rate of the numerator's table, from the open parts that travelled to it. */
export function travellingPopulation(
  input: Travelling,
  population: PlanAggregate,
  over: TableDimension,
): TravellingPopulation {
  const { vocabulary, task, parts, covered } = input;
  const cells = new Map<string, { numbers: readonly number[]; persons: number }>();
  const shared = [...task.table.by, over].map((dimension) => sharedDimension(vocabulary, task, dimension));
  for (const part of parts.filter(({ task: { dataset } }) => population.datasets.includes(dataset))) {
    const groupings = shared.map(({ dimension, codes }) => rowGrouping(vocabulary, part, dimension, codes));
    for (const { numbers, row } of groupedRows(part, population, vocabulary, covered, groupings)) {
      if (row.status !== 'value') continue;
      const key = numbers.join(',');
      cells.set(key, { numbers, persons: (cells.get(key)?.persons ?? 0) + row.value });
    }
  }
  const rows = [...cells.values()];
  const column = (at: number) => Uint32Array.from(rows, ({ numbers }) => numbers[at] ?? 0);
  return {
    keys: task.table.by.map((_, at) => column(at)),
    stratum: column(task.table.by.length),
    persons: Float64Array.from(rows, ({ persons }) => persons),
    repeatedAlong: shared
      .slice(0, -1)
      .flatMap(({ dimension }, at) => (variableOf(population.model, dimension.variable) ? [] : [at])),
  };
}

/** A dimension of one model by the concept that another model knows it by. */
function sharedDimension(
  vocabulary: Vocabulary,
  task: PlanTask,
  dimension: TableDimension,
): { dimension: Dimension; codes: number } {
  const { variable, codes } = groupingOn(vocabulary, task.model, task.dataset, dimension, '/by');
  return { dimension: { ...dimension, variable: variable.concept ?? variable.name }, codes: codes.length };
}
