/** Figures: what the parts of all holders add up to, cell by cell; a sum is shown only when every part of it is. */
import { AppError, type CellStatus, cellStatuses, type ReleaseBody, TOTAL } from '@revier/schema';
import { canonicalText } from '../query/canonical.ts';
import { type CoveredAreas, groupedRows, type OpenPart, rowGrouping } from '../query/coverage.ts';
import { groupingOn } from '../query/grouping.ts';
import type { Plan, PlanAggregate, PlanMeasure, PlanTask } from '../query/plan.ts';
import type { Vocabulary } from '../query/vocabulary.ts';
import type { Grid } from './grid.ts';

/** What became of a dataset that gave no release. */
export type Absence = 'refused' | 'offline' | 'pending';

export interface MergeInput {
  readonly plan: Plan;
  readonly vocabulary: Vocabulary;
  readonly parts: readonly { readonly task: PlanTask; readonly body: ReleaseBody }[];
  readonly absent: ReadonlyMap<string, Absence>;
}

export type Figure =
  | { readonly status: 'value' | 'zero'; readonly value: number }
  | { readonly status: Exclude<CellStatus, 'value' | 'zero' | 'unreliable'> };

export interface RateFigure {
  readonly status: CellStatus;
  readonly rate: number;
  readonly lower: number;
  readonly upper: number;
  readonly events: number;
}

/** One figure a cell; cells that no part speaks of are not in the map. */
export type Figures = ReadonlyMap<number, Figure>;

export function figuresOf(
  input: MergeInput,
  grid: Grid,
  aggregate: PlanAggregate,
  covered: CoveredAreas | null,
): Figures {
  return aggregate.open ? openFigures(input, grid, aggregate, covered) : releasedFigures(input, grid, aggregate);
}

/** Open figures are rolled up from the grain at which areas were accounted for. */
function openFigures(input: MergeInput, grid: Grid, aggregate: PlanAggregate, covered: CoveredAreas | null): Figures {
  const figures = new Map<number, Figure>();
  for (const part of partsOf(input, aggregate)) {
    const groupings = input.plan.question.by.map((dimension, at) =>
      rowGrouping(input.vocabulary, part, dimension, input.plan.dimensions[at]?.codes.length ?? 0),
    );
    const repeated = groupings.map(({ repeats }) => repeats);
    for (const { numbers, row } of groupedRows(part, aggregate, input.vocabulary, covered, groupings)) {
      const figure: Figure =
        row.status === 'value'
          ? { status: 'value', value: row.value }
          : row.status === 'zero'
            ? { status: 'zero', value: 0 }
            : { status: 'notCollected' };
      for (const cell of grid.cellsOf(numbers, repeated)) figures.set(cell, add(figures.get(cell), figure));
    }
  }
  return figures;
}

/** Released figures of several holders: a total is shown only if every part is shown. */
function releasedFigures(input: MergeInput, grid: Grid, aggregate: PlanAggregate): Figures {
  const figures = new Map<number, Figure>();
  for (const part of partsOf(input, aggregate)) {
    const { columns, cells } = columnsOf(input, grid, part, aggregate.measure);
    if (columns.kind === 'direct-rate') throw misfit();
    cells.forEach((cell, row) => {
      const status = cellStatuses[columns.status[row] ?? -1];
      const value = columns.value[row] ?? Number.NaN;
      figures.set(cell, add(figures.get(cell), figureFrom(status, value)));
    });
  }
  return figures;
}

function figureFrom(status: CellStatus | undefined, value: number): Figure {
  if (status === 'value') return { status, value };
  if (status === 'zero') return { status, value: 0 };
  return { status: status === undefined || status === 'unreliable' ? 'withheld' : status };
}

/** A missing part leaves no sum: the weaker word stands for the whole. Associative and commutative. */
export function add(a: Figure | undefined, b: Figure): Figure {
  if (a === undefined) return b;
  const shown = (figure: Figure): figure is Extract<Figure, { value: number }> =>
    figure.status === 'value' || figure.status === 'zero';
  if (!shown(a) || !shown(b)) return weaker(a, b);
  const value = a.value + b.value;
  return value === 0 ? { status: 'zero', value: 0 } : { status: 'value', value };
}

const weaker = (a: Figure, b: Figure): Figure =>
  cellStatuses.indexOf(a.status) >= cellStatuses.indexOf(b.status) ? a : b;

export function rateFigures(
  input: MergeInput,
  grid: Grid,
  measure: Extract<PlanMeasure, { kind: 'direct-rate' }>,
): ReadonlyMap<number, RateFigure> {
  const figures = new Map<number, RateFigure>();
  for (const part of partsOf(input, measure.events)) {
    const { columns, cells } = columnsOf(input, grid, part, measure.measure);
    if (columns.kind !== 'direct-rate') throw misfit();
    cells.forEach((cell, row) => {
      figures.set(cell, {
        status: cellStatuses[columns.status[row] ?? -1] ?? 'withheld',
        rate: columns.rate[row] ?? Number.NaN,
        lower: columns.lower[row] ?? Number.NaN,
        upper: columns.upper[row] ?? Number.NaN,
        events: columns.events[row] ?? 255,
      });
    });
  }
  return figures;
}

const partsOf = (input: MergeInput, aggregate: PlanAggregate): OpenPart[] =>
  input.parts.filter(({ task: { dataset } }) => aggregate.datasets.includes(dataset));

const misfit = (): AppError => new AppError('INVALID_REQUEST', { detail: 'A release does not fit its table.' });

/** The columns of a measure, and the grid cell of each row. @throws AppError when the body does not fit the table */
function columnsOf(input: MergeInput, grid: Grid, part: OpenPart, measure: object) {
  const { task, body } = part;
  const columns = body.measures[task.table.measures.findIndex((one) => canonicalText(one) === canonicalText(measure))];
  if (columns === undefined || body.keys.length !== task.table.by.length) throw misfit();
  const keys = input.plan.question.by.map((dimension) => {
    const own = canonicalText(groupingOn(input.vocabulary, task.model, task.dataset, dimension, '/by').dimension);
    return body.keys[task.table.by.findIndex((one) => canonicalText(one) === own)];
  });
  const cells = Array.from({ length: columns.status.length }, (_, row) =>
    grid.indexOf(keys.map((column, at) => numberIn(grid, input.plan, column?.[row], at))),
  );
  return { columns, cells };
}

function numberIn(grid: Grid, plan: Plan, number: number | undefined, dimension: number): number {
  if (number === TOTAL && plan.question.margins) return grid.total(dimension);
  if (number === undefined || number >= grid.total(dimension)) throw misfit();
  return number;
}
