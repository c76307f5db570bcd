/** Figures: what the parts of all holders add up to, cell by cell; a sum is shown only when every part of it is. */
import {
  type CellStatus,
  cellStatuses,
  type Perturbation,
  type ReleaseBody,
  type ReleaseColumns,
} from '@revier/schema';
import { type CoveredAreas, groupedRows, rowGrouping } from '../query/coverage.ts';
import type { Plan, PlanAggregate, PlanMeasure, PlanTask } from '../query/plan.ts';
import type { Vocabulary } from '../query/vocabulary.ts';
import { columnFinder, misfit } from './columns.ts';
import type { Grid } from './grid.ts';
import { type Noise, type NoiseSums, noiseOfColumns, noiseSums } from './noise.ts';

/** What became of a dataset that gave no release. */
export type Absence = 'refused' | 'offline' | 'pending';

export interface ReleasedPart {
  readonly task: PlanTask;
  readonly body: ReleaseBody;
  /** The noise that the signed header names. */
  readonly perturbation?: Perturbation | undefined;
  /** Of the noise in each count, where the part is an opened secure sum. */
  readonly sumVariance?: number | undefined;
}

export interface MergeInput {
  readonly plan: Plan;
  readonly vocabulary: Vocabulary;
  readonly parts: readonly ReleasedPart[];
  readonly absent: ReadonlyMap<string, Absence>;
}

export type Figure =
  | { readonly status: 'value' | 'zero'; readonly value: number; readonly noise?: Noise | undefined }
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

/** What all parts say of each cell of the grid: the weakest word, 0 where nobody speaks, and the sum of what is shown. */
interface Sums {
  readonly word: Uint8Array;
  readonly value: Float64Array;
  readonly noise: NoiseSums;
}

const SHOWN = 1;
const VALUE = cellStatuses.indexOf('value');

/**
 * Released figures of several holders: a total is shown only if every part is shown. The same as `add` for one figure
 * after the other, on dense columns, since there may be a thousand holders with a thousand cells each.
 */
function releasedFigures(input: MergeInput, grid: Grid, aggregate: PlanAggregate): Figures {
  const sums: Sums = {
    word: new Uint8Array(grid.size),
    value: new Float64Array(grid.size),
    noise: noiseSums(grid.size),
  };
  const columnsOf = columnFinder(input.plan, input.vocabulary, grid, aggregate.measure);
  for (const part of partsOf(input, aggregate)) {
    const { columns, cells } = columnsOf(part);
    if (columns.kind === 'direct-rate') throw misfit();
    addColumns(sums, cells, columns);
    addNoise(sums, cells, columns, part);
  }
  return figuresIn(sums);
}

function addColumns(
  { word, value }: Sums,
  cells: Uint32Array,
  columns: { readonly status: Uint8Array; readonly value: Float64Array },
): void {
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row] ?? 0;
    const status = columns.status[row] ?? -1;
    const own = words[status] ?? WITHHELD;
    if (own > (word[cell] ?? 0)) word[cell] = own;
    if (status === VALUE) value[cell] = (value[cell] ?? 0) + (columns.value[row] ?? Number.NaN);
  }
}

function addNoise(
  { noise }: Sums,
  cells: Uint32Array,
  columns: Exclude<ReleaseColumns, { kind: 'direct-rate' }>,
  part: ReleasedPart,
): void {
  const noiseOf = noiseOfColumns(columns, part);
  if (noiseOf === null) return;
  cells.forEach((cell, row) => {
    if (columns.status[row] === VALUE) noise.add(cell, noiseOf(row));
  });
}

function figuresIn({ word, value, noise }: Sums): Figures {
  const figures = new Map<number, Figure>();
  word.forEach((own, cell) => {
    if (own > 0)
      figures.set(
        cell,
        own === SHOWN ? shownFigure(value[cell] ?? 0, noise.of(cell)) : figureFrom(cellStatuses[own - 1], Number.NaN),
      );
  });
  return figures;
}

function shownFigure(value: number, noise: Noise | undefined): Figure {
  if (noise !== undefined) return { status: 'value', value, noise };
  return value === 0 ? { status: 'zero', value: 0 } : { status: 'value', value };
}

function figureFrom(status: CellStatus | undefined, value: number): Figure {
  if (status === 'value') return { status, value };
  if (status === 'zero') return { status, value: 0 };
  return { status: status === undefined || status === 'unreliable' ? 'withheld' : status };
}

const WITHHELD = cellStatuses.indexOf('withheld') + 1;

/** For each status byte the word that it counts as, by its place in the list and one more; the weaker the higher. */
const words: readonly number[] = cellStatuses.map((status) => {
  const figure = figureFrom(status, 1);
  return figure.status === 'value' || figure.status === 'zero' ? SHOWN : cellStatuses.indexOf(figure.status) + 1;
});

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
  const columnsOf = columnFinder(input.plan, input.vocabulary, grid, measure.measure);
  for (const part of partsOf(input, measure.events)) {
    const { columns, cells } = columnsOf(part);
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

function partsOf(input: MergeInput, aggregate: PlanAggregate): ReleasedPart[] {
  const datasets = new Set(aggregate.datasets);
  return input.parts.filter(({ task: { dataset } }) => datasets.has(dataset));
}
