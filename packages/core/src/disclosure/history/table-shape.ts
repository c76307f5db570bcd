/** What the cells of a table are by structure: stored codes, free of the numbers and names that a catalogue gives them. */
import { contentHash } from '../../query/canonical.ts';
import type { PlanTask } from '../../query/plan.ts';
import { declaredCodes, type PreparedTable } from '../../query/source-plan.ts';
import type { SourceDimension, SourceFilter } from '../../query/source-table.ts';
import type { Vocabulary } from '../../query/vocabulary.ts';

export interface ShapeMeasure {
  /** What is counted, summed up or weighted; figures of one kind can be compared. */
  readonly figure: string;
  readonly where: readonly SourceFilter[];
}

export interface TableShape {
  readonly dimensions: readonly SourceDimension[];
  readonly margins: boolean;
  readonly measures: readonly ShapeMeasure[];
  /** Every code that a record can have, for each variable that the table names: a set of all of them is no condition. */
  readonly declared: Readonly<Record<string, readonly string[]>>;
}

export function tableShape(task: PlanTask, vocabulary: Vocabulary, { source }: PreparedTable): TableShape {
  const named = [...source.dimensions, ...source.measures.flatMap(({ where }) => where)];
  const variables = [...new Set(named.map(({ variable }) => variable))].sort();
  return {
    dimensions: source.dimensions,
    margins: source.margins,
    measures: source.measures.map(({ where }, place) => ({ figure: figureOf(task, place), where })),
    declared: Object.fromEntries(variables.map((name) => [name, declaredCodes(task, vocabulary, name)])),
  };
}

/** A rate under other weights is another figure, as in decision 0018. */
function figureOf({ table: { model, measures } }: PlanTask, place: number): string {
  const measure = measures[place];
  if (measure?.kind === 'sum') return `sum ${measure.variable} ${model}`;
  if (measure?.kind === 'count') return `count ${measure.unit} ${model}`;
  return `rate ${contentHash({ model, ...measure, where: null })}`;
}
