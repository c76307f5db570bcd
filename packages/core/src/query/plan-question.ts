/** Planning: question and catalogue version in, plan out; broker, node and client all compute it and must agree. */
import {
  AppError,
  type DataModel,
  type DatasetDescription,
  type Dimension,
  purposes,
  type Question,
  type Sha256,
  type Table,
  type TableDimension,
  type TableMeasure,
} from '@revier/schema';
import { planAggregates } from './aggregates.ts';
import { canonicalText, contentHash, sortedUnique } from './canonical.ts';
import { planMeasures } from './derived.ts';
import { finer, type Grouping, groupingOn, storedVariable } from './grouping.ts';
import {
  denominatorOf,
  type Plan,
  type PlanAggregate,
  type PlanDimension,
  type PlanMeasure,
  type PlanTask,
} from './plan.ts';
import { requireTogether } from './together.ts';
import { type Vocabulary, variableOf } from './vocabulary.ts';

const MAX_CELLS = 2_000_000;

/**
 * @param question in canonical form
 * @throws AppError with the pointer of the fault, for every question that cannot be answered from public facts alone
 */
export function planQuestion(question: Question, vocabulary: Vocabulary): Plan {
  checkPurpose(question);
  const aggregates = planAggregates(question, vocabulary);
  const measures = planMeasures(question, vocabulary, aggregates);
  const coverage = coverageOf(measures);
  const dimensions = planDimensions(question, vocabulary, [...aggregates.values()], coverage);
  const tasks = planTasks({ question, vocabulary, aggregates: [...aggregates.values()], measures, coverage });
  requireTogether({ question, vocabulary, aggregates, measures, tasks });
  return {
    question,
    questionHash: questionHashOf(question, [...aggregates.values()], measures, vocabulary.hash),
    catalogue: vocabulary.hash,
    dimensions,
    tasks,
    measures,
    coverage,
  };
}

function checkPurpose(question: Question): void {
  const purpose = purposes.find(({ code }) => code === question.purpose);
  if (purpose === undefined || purpose.prohibited)
    throw AppError.at('PURPOSE_UNKNOWN', '/purpose', `"${question.purpose}" is no purpose that data may be used for.`);
}

/** Every population that a rate stands on, once. */
function coverageOf(measures: readonly PlanMeasure[]): PlanAggregate[] {
  const populations = measures.flatMap((measure) =>
    measure.kind === 'crude-rate' || measure.kind === 'direct-rate' ? [measure.population] : [],
  );
  return sortedByName([...new Set(populations)]);
}

const sortedByName = <T extends { readonly name: string }>(items: readonly T[]): T[] =>
  [...items].sort((a, b) => (a.name < b.name ? -1 : 1));

/** The dimensions of the answer: every model must group by the same codes. */
function planDimensions(
  question: Question,
  vocabulary: Vocabulary,
  aggregates: readonly PlanAggregate[],
  populations: readonly PlanAggregate[],
): PlanDimension[] {
  const dimensions = question.by.map((dimension, place) => {
    const pointer = `/by/${place}`;
    const grouping = aggregates.filter(
      (aggregate) => !populations.includes(aggregate) || hasVariable(aggregate.model, dimension.variable),
    );
    const groupings = grouping.flatMap(({ model, datasets }) =>
      datasets.map((dataset) => groupingOn(vocabulary, model, dataset, dimension, pointer)),
    );
    const [first, ...others] = groupings;
    if (first === undefined || others.some((other) => !sameCodes(other, first)))
      throw AppError.at(
        'BOUNDARIES_DIFFER',
        pointer,
        `The datasets group "${dimension.variable}" by different codes; name a level or a lookup.`,
      );
    return {
      name: dimension.variable,
      grouping: 'lookup' in dimension ? dimension.lookup : first.level,
      title: first.variable.title,
      codes: first.codes,
    };
  });
  if (new Set(dimensions.map(({ name }) => name)).size < dimensions.length)
    throw AppError.at('INVALID_REQUEST', '/by', 'A variable is grouped by twice.');
  const cells = dimensions.reduce((product, { codes }) => product * (codes.length + (question.margins ? 1 : 0)), 1);
  if (cells > MAX_CELLS) throw AppError.at('QUESTION_TOO_WIDE', '/by', 'The cells of these dimensions are too many.');
  return dimensions;
}

const sameCodes = (one: Grouping, other: Grouping): boolean =>
  one.codes === other.codes || canonicalText(one.codes) === canonicalText(other.codes);

/** The population of a rate may lack a dimension (site, stage): it then stands behind each of its codes alike. */
const hasVariable = (model: DataModel, name: string): boolean => variableOf(model, name) !== undefined;

interface Planning {
  readonly question: Question;
  readonly vocabulary: Vocabulary;
  readonly aggregates: readonly PlanAggregate[];
  readonly measures: readonly PlanMeasure[];
  readonly coverage: readonly PlanAggregate[];
}

function planTasks(planning: Planning): PlanTask[] {
  const datasets = new Map(
    planning.aggregates.flatMap(({ datasets: of, model }) => of.map((dataset) => [dataset.id, { dataset, model }])),
  );
  const tasks = [...datasets.values()].map(({ dataset, model }) => planTask(planning, dataset, model));
  return tasks.sort((a, b) => a.stage - b.stage || (a.dataset.id < b.dataset.id ? -1 : 1));
}

/** Open populations are asked first; whatever is counted over their areas comes second, so that their signed answers can travel. */
function planTask(planning: Planning, dataset: DatasetDescription, model: DataModel): PlanTask {
  const own = planning.aggregates.filter((aggregate) => aggregate.datasets.includes(dataset));
  const table = own.every(({ open }) => open)
    ? accountingTable(planning, dataset, model, own)
    : shownTable(planning, dataset, model, own);
  return {
    stage: table.coverage.length > 0 ? 1 : 0,
    holder: dataset.holder,
    dataset,
    model,
    table,
    tableHash: contentHash(table),
  };
}

/** What disclosure control lets be seen: the dimensions of the answer, nothing finer. */
function shownTable(
  { question, vocabulary, measures, coverage }: Planning,
  dataset: DatasetDescription,
  model: DataModel,
  own: readonly PlanAggregate[],
): Table {
  const shown = measures.flatMap((measure): TableMeasure[] => {
    if (measure.kind === 'aggregate') return own.includes(measure.aggregate) ? [measure.aggregate.measure] : [];
    return measure.kind === 'direct-rate' && measure.route === 'denominator-travels' && own.includes(measure.events)
      ? [measure.measure]
      : [];
  });
  return {
    model: model.id,
    by: sortedUnique(
      question.by.map(
        (dimension, place) => groupingOn(vocabulary, model, dataset, dimension, `/by/${place}`).dimension,
      ),
    ),
    margins: question.margins,
    coverage: sortedUnique(coverage.map(denominatorOf)),
    measures: sortedUnique(shown),
  };
}

/**
 * Open figures are asked at the grain at which areas and years are accounted for, and are rolled up after it is known
 * which of them both sides of a rate cover.
 */
function accountingTable(
  planning: Planning,
  dataset: DatasetDescription,
  model: DataModel,
  own: readonly PlanAggregate[],
): Table {
  const dimensions = accountingDimensions(planning, own).filter(({ dimension }) =>
    hasVariable(model, dimension.variable),
  );
  const wanted = dimensions.map(({ dimension, pointer }) =>
    groupingOn(planning.vocabulary, model, dataset, dimension, pointer),
  );
  const areas = model.variables.some(({ concept }) => concept === 'area')
    ? [areaGrouping(planning, dataset, model)]
    : [];
  const byVariable = new Map<string, Grouping>();
  for (const grouping of [...wanted, ...areas]) {
    const held = byVariable.get(grouping.variable.name);
    if (held === undefined || finer(grouping.index, held.level, grouping.level) === grouping.level)
      byVariable.set(grouping.variable.name, grouping);
  }
  return {
    model: model.id,
    by: sortedUnique(
      [...byVariable.values()].map(
        (grouping): TableDimension => ({ variable: grouping.variable.name, level: grouping.level }),
      ),
    ),
    margins: false,
    coverage: [],
    measures: sortedUnique(own.map(({ measure }): TableMeasure => measure)),
  };
}

function accountingDimensions(
  { question, measures }: Planning,
  own: readonly PlanAggregate[],
): { dimension: Dimension; pointer: string }[] {
  const strata = measures.flatMap((measure) =>
    measure.kind === 'direct-rate' &&
    own.some((aggregate) => aggregate === measure.events || aggregate === measure.population)
      ? [{ dimension: measure.spec.over, pointer: `/derived/${measure.name}/directRate/over` }]
      : [],
  );
  const years = own.some(({ model }) => model.variables.some(({ concept }) => concept === 'year'))
    ? [{ dimension: { variable: 'year', level: 'year' }, pointer: '/by' }]
    : [];
  return [...question.by.map((dimension, place) => ({ dimension, pointer: `/by/${place}` })), ...strata, ...years];
}

/** Areas are accounted for at the level that the answer groups from, else at the coarsest grain among the holders of open figures. */
function areaGrouping(planning: Planning, dataset: DatasetDescription, model: DataModel): Grouping {
  const level = accountingAreaLevel(planning.question, planning.vocabulary, planning.aggregates);
  return groupingOn(
    planning.vocabulary,
    model,
    dataset,
    level === undefined ? { variable: 'area' } : { variable: 'area', level },
    '/by',
  );
}

/** The level at which areas are accounted for, or undefined when no open figures have areas. */
export function accountingAreaLevel(
  question: Question,
  vocabulary: Vocabulary,
  aggregates: readonly PlanAggregate[],
): string | undefined {
  const held = aggregates
    .filter(({ open, model }) => open && model.variables.some(({ concept }) => concept === 'area'))
    .flatMap(({ model, datasets }) => datasets.map((dataset) => ({ model, dataset })));
  const byArea = question.by.findIndex(({ variable }) => variable === 'area');
  const dimension = question.by[byArea];
  const [first] = held;
  if (first === undefined) return undefined;
  if (dimension !== undefined)
    return groupingOn(vocabulary, first.model, first.dataset, dimension, `/by/${byArea}`).level;
  return held
    .map(({ model, dataset }) => storedVariable(vocabulary, model, dataset, 'area', '/by'))
    .reduce(
      (coarsest, { index, grain }) => (finer(index, coarsest, grain) === coarsest ? grain : coarsest),
      storedVariable(vocabulary, first.model, first.dataset, 'area', '/by').grain,
    );
}

/** Conditions stand in atoms, so that spellings of one question have one identity; holders, user and time do not enter. */
function questionHashOf(
  question: Question,
  aggregates: readonly PlanAggregate[],
  measures: readonly PlanMeasure[],
  catalogue: Sha256,
): Sha256 {
  return contentHash({
    register: question.register,
    purpose: question.purpose,
    catalogue,
    by: question.by,
    margins: question.margins,
    aggregates: Object.fromEntries(aggregates.map(({ name, model, measure }) => [name, { model: model.id, measure }])),
    derived: question.derived,
    measures: measures.map(({ name }) => name),
  });
}
