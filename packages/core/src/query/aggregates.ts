/** Aggregates of a question on the catalogue: which datasets answer each, and its condition in atoms. */
import {
  type Aggregate,
  AppError,
  type AtomFilter,
  type DataModel,
  type DatasetDescription,
  type Question,
  type TableMeasure,
} from '@revier/schema';
import { canonicalText } from './canonical.ts';
import { atomFilters } from './filter.ts';
import type { PlanAggregate } from './plan.ts';
import { type Vocabulary, variableOf } from './vocabulary.ts';

/** @throws AppError MODEL_UNKNOWN, VARIABLE_UNKNOWN, CODE_UNKNOWN, BOUNDARIES_DIFFER, AGGREGATE_UNFIT, each at its pointer */
export function planAggregates(question: Question, vocabulary: Vocabulary): ReadonlyMap<string, PlanAggregate> {
  return new Map(
    Object.entries(question.aggregates).map(([name, aggregate]) => [
      name,
      planAggregate(question, vocabulary, name, aggregate),
    ]),
  );
}

function planAggregate(question: Question, vocabulary: Vocabulary, name: string, aggregate: Aggregate): PlanAggregate {
  const pointer = `/aggregates/${name}`;
  const model = vocabulary.model(aggregate.model);
  const asked = question.holders.asked && new Set(question.holders.asked);
  const datasets = vocabulary.datasets.filter(
    (dataset) => dataset.model === aggregate.model && (asked?.has(dataset.holder) ?? true),
  );
  if (model === undefined || datasets.length === 0)
    throw AppError.at('MODEL_UNKNOWN', `${pointer}/model`, `Nobody who is asked holds ${aggregate.model}.`);
  checkOneMode(datasets, pointer);
  const where = commonFilter(vocabulary, model, datasets, aggregate, `${pointer}/where`);
  return { name, model, datasets, measure: measureOf(model, aggregate, where, pointer), open: isOpen(datasets) };
}

const isOpen = (datasets: readonly DatasetDescription[]): boolean => datasets.every((dataset) => dataset.mode === 'O');

/** Exact and controlled figures of one model never add up to something whose error one could state. */
function checkOneMode(datasets: readonly DatasetDescription[], pointer: string): void {
  if (new Set(datasets.map((dataset) => dataset.mode)).size > 1)
    throw AppError.at(
      'AGGREGATE_UNFIT',
      pointer,
      'The holders answer this model in different disclosure modes; ask them apart.',
    );
}

/** Figures of several holders add up only over the same codes and boundaries. */
function commonFilter(
  vocabulary: Vocabulary,
  model: DataModel,
  datasets: readonly DatasetDescription[],
  aggregate: Aggregate,
  pointer: string,
): AtomFilter[] {
  const [first, ...others] = datasets.map((dataset) =>
    atomFilters(vocabulary, model, dataset, aggregate.where, pointer),
  );
  const lists = new Set(
    datasets.map((dataset) =>
      canonicalText(Object.fromEntries(Object.entries(dataset.grain).map(([name, grain]) => [name, grain.codeList]))),
    ),
  );
  if (first === undefined || lists.size > 1 || others.some((filter) => canonicalText(filter) !== canonicalText(first)))
    throw AppError.at('BOUNDARIES_DIFFER', pointer, `The holders of ${model.id} use different code lists.`);
  return first;
}

function measureOf(
  model: DataModel,
  aggregate: Aggregate,
  where: AtomFilter[],
  pointer: string,
): Extract<TableMeasure, { kind: 'count' | 'sum' }> {
  if ('count' in aggregate) {
    if (model.units[aggregate.count] === undefined)
      throw AppError.at(
        'VARIABLE_UNKNOWN',
        `${pointer}/count`,
        `${model.id} has no unit "${aggregate.count}" to count.`,
      );
    return { kind: 'count', unit: aggregate.count, where };
  }
  const variable = variableOf(model, aggregate.sum);
  if (variable?.role !== 'weight' && variable?.role !== 'measure')
    throw AppError.at(
      'VARIABLE_UNKNOWN',
      `${pointer}/sum`,
      `${model.id} has nothing named "${aggregate.sum}" to add up.`,
    );
  return { kind: 'sum', variable: variable.name, where };
}
