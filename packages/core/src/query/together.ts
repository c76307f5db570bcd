/** What a question must be so that its holders can answer together (mode F): a rule about declared coverage, never about data. */
import { AppError, MOST_MEMBERS, type Question, type TableMeasure } from '@revier/schema';
import { LEAST_MEMBERS } from '../disclosure/secure-sum/roster.ts';
import { contributionCap } from '../disclosure/secure-sum/sum-measures.ts';
import { canonicalText } from './canonical.ts';
import type { PlanAggregate, PlanMeasure, PlanTask } from './plan.ts';
import { prepareTable } from './source-plan.ts';
import type { Vocabulary } from './vocabulary.ts';

interface Planned {
  readonly question: Question;
  readonly vocabulary: Vocabulary;
  readonly aggregates: ReadonlyMap<string, PlanAggregate>;
  readonly measures: readonly PlanMeasure[];
  readonly tasks: readonly PlanTask[];
}

/** Those of a plan that answer together, in one order that everybody knows: by holder. */
export const togetherOf = (tasks: readonly PlanTask[]): readonly PlanTask[] =>
  tasks.filter(({ dataset }) => dataset.mode === 'F').sort((a, b) => (a.holder < b.holder ? -1 : 1));

/**
 * Every cell must be every holder's by what it has declared: where a dimension or condition parts them, the total over many is the value of few.
 * @throws AppError MIN_NODES, HOLDERS_PARTED, AGGREGATE_UNFIT, each at its pointer
 */
export function requireTogether(planned: Planned): void {
  const tasks = togetherOf(planned.tasks);
  const [first] = tasks;
  if (first === undefined) return;
  requireFitting(planned, tasks);
  const holders = new Set(tasks.map(({ holder }) => holder));
  if (holders.size < tasks.length)
    throw AppError.at('AGGREGATE_UNFIT', '/holders/asked', 'A holder stands in a secure sum with one dataset only.');
  if (holders.size < LEAST_MEMBERS || holders.size > MOST_MEMBERS)
    throw AppError.at('MIN_NODES', '/holders/asked', `A secure sum takes ${LEAST_MEMBERS} to ${MOST_MEMBERS} holders.`);
  if (tasks.some(({ tableHash }) => tableHash !== first.tableHash))
    throw AppError.at('HOLDERS_PARTED', '/by', 'The holders would be asked for different tables.');
  for (const measure of first.table.measures) requireSameCells(planned, tasks, measure);
}

/** The threshold is on persons and acts on the opened total: persons are counted, or their figures summed up, each within a declared bound. */
function requireFitting({ aggregates, measures }: Planned, tasks: readonly PlanTask[]): void {
  const own = new Set(tasks.map(({ dataset }) => dataset));
  if (new Set(tasks.map(({ model }) => model.id)).size > 1)
    throw AppError.at('AGGREGATE_UNFIT', '/aggregates', 'One secure sum is over one data model; ask twice.');
  for (const [name, { measure, model, datasets }] of aggregates) {
    if (!datasets.some((dataset) => own.has(dataset))) continue;
    if (measure.kind === 'sum' && model.person !== null && contributionCap(model, measure) !== null) continue;
    const unit = measure.kind === 'count' ? model.units[measure.unit] : undefined;
    if (unit?.kind !== 'distinct' || unit.identifier !== model.person)
      throw AppError.at(
        'AGGREGATE_UNFIT',
        `/aggregates/${name}`,
        'In a secure sum persons are counted, or figures of persons added up whose bound the model declares.',
      );
  }
  const rate = measures.find(({ kind }) => kind === 'crude-rate' || kind === 'direct-rate');
  if (rate !== undefined)
    throw AppError.at('AGGREGATE_UNFIT', `/derived/${rate.name}`, 'There are no rates beside a secure sum yet.');
}

function requireSameCells({ vocabulary, question }: Planned, tasks: readonly PlanTask[], measure: TableMeasure): void {
  const cells = tasks.map((task) => cellsOf(task, vocabulary, measure));
  tasks[0]?.table.by.forEach(({ variable }, at) => {
    const pointer = `/by/${question.by.findIndex((dimension) => dimension.variable === variable)}`;
    if (new Set(cells.map(({ domain }) => canonicalText(domain[at] ?? []))).size > 1)
      throw AppError.at('HOLDERS_PARTED', pointer, `Not every holder has every code of "${variable}".`);
  });
  for (const { without } of cells)
    if (without !== undefined)
      throw AppError.at('MIN_NODES', '/holders/asked', `A holder has nothing that meets a condition on "${without}".`);
}

/** The codes of each dimension that this measure can have at a holder, and a condition that nothing declared meets. */
function cellsOf(task: PlanTask, vocabulary: Vocabulary, measure: TableMeasure) {
  const domainBy = (by: PlanTask['table']['by']) =>
    prepareTable({ ...task, table: { ...task.table, by, measures: [measure] } }, vocabulary, null).domain;
  const domain = domainBy(task.table.by);
  const variables = [...measure.where, ...task.table.by].map(({ variable }) => variable);
  const without = variables.find((variable) => {
    const level = task.dataset.grain[variable]?.level;
    return level === undefined || domainBy([{ variable, level }])[0]?.length === 0;
  });
  return { domain, without };
}
