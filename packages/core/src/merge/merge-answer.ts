/** The loom: releases of all holders in, the cells of one answer out. Pure, so that anybody can check a broker's merge. */
import type { AnswerCell, AnswerDimension, AnswerMeasure, Cell, Coverage, Text } from '@revier/schema';
import type { z } from 'zod';
import { type CoveredAreas, coveredAreas, groupedRows, type OpenPart, rowGrouping } from '../query/coverage.ts';
import type { PlanAggregate, PlanMeasure } from '../query/plan.ts';
import {
  absent,
  crudeRateCell,
  figureCell,
  meanCell,
  openRateCell,
  proportionCell,
  travelledRateCell,
} from './cells.ts';
import { type Absence, type Figure, type Figures, figuresOf, type MergeInput, rateFigures } from './figures.ts';
import { type Grid, gridOf } from './grid.ts';
import { standardWeights } from './standard-weights.ts';

export interface Merged {
  readonly dimensions: z.infer<typeof AnswerDimension>[];
  readonly measures: z.infer<typeof AnswerMeasure>[];
  readonly cells: AnswerCell[];
  readonly coverage: Coverage;
}

/** @throws AppError INVALID_REQUEST when a release does not fit the table that the plan asked for */
export function mergeAnswer(input: MergeInput): Merged {
  const grid = gridOf(input.plan);
  const covered = coveredAreas(input.plan, input.vocabulary, openParts(input));
  const columns = input.plan.measures.map((measure) => ({
    name: measure.name,
    cells: measureCells(input, grid, covered, measure),
  }));
  const spoken = new Set(columns.flatMap(({ cells }) => [...cells.keys()]));
  const indexes = [...withLeftOut(input, grid, covered, spoken)].sort((a, b) => a - b);
  const gapOf = gapFinder(input, covered);
  return {
    dimensions: input.plan.dimensions.map(({ name, grouping, title, codes }) => ({
      name,
      grouping,
      title,
      codes: [...codes],
    })),
    measures: input.plan.measures.map((measure) => describe(input, measure)),
    cells: indexes.map((index) => {
      const by = codesOf(input, grid, index);
      return {
        by,
        measures: Object.fromEntries(
          columns.map(({ name, cells }, at) => [name, cells.get(index) ?? gapOf(input.plan.measures[at], by)]),
        ),
      };
    }),
    coverage: coverageView(input, covered),
  };
}

/** An area that was left out keeps its cells, so that the answer says why they are empty. */
function withLeftOut(
  input: MergeInput,
  grid: Grid,
  covered: CoveredAreas | null,
  spoken: ReadonlySet<number>,
): ReadonlySet<number> {
  const at = input.plan.dimensions.findIndex(({ name, grouping }) => name === 'area' && grouping === covered?.level);
  const codes = input.plan.dimensions[at]?.codes ?? [];
  const out = new Set(covered?.excluded.map(({ area }) => area));
  const numbers = codes.flatMap(({ code }, number) => (out.has(code) ? [number] : []));
  const cells = [...spoken].map((index) => grid.numbersOf(index)).filter((cell) => cell[at] !== grid.total(at));
  return new Set([...spoken, ...numbers.flatMap((number) => cells.map((cell) => grid.indexOf(cell.with(at, number))))]);
}

const openParts = (input: MergeInput): OpenPart[] => input.parts.filter(({ task }) => task.dataset.mode === 'O');

function measureCells(
  input: MergeInput,
  grid: Grid,
  covered: CoveredAreas | null,
  measure: PlanMeasure,
): ReadonlyMap<number, Cell> {
  const figures = (aggregate: PlanAggregate): Figures =>
    figuresOf(input, grid, aggregate, isLinked(input, aggregate) ? covered : null);
  switch (measure.kind) {
    case 'aggregate':
      return mapCells(figures(measure.aggregate), (figure) =>
        figureCell(figure, measure.aggregate.measure.kind === 'count'),
      );
    case 'mean':
      return pairCells(figures(measure.of), figures(measure.among), meanCell);
    case 'proportion':
      return pairCells(figures(measure.of), figures(measure.among), proportionCell);
    case 'crude-rate':
      return pairCells(figures(measure.events), figures(measure.population), (events, population) =>
        crudeRateCell(events, population, measure.spec),
      );
    case 'direct-rate':
      return measure.route === 'denominator-travels'
        ? mapCells(rateFigures(input, grid, measure), travelledRateCell)
        : openRateCells(input, grid, covered, measure);
  }
}

/** Aggregates that a rate stands on are cut to the areas that both of its sides cover. */
const isLinked = ({ plan }: MergeInput, aggregate: PlanAggregate): boolean =>
  plan.measures.some(
    (measure) =>
      (measure.kind === 'crude-rate' || measure.kind === 'direct-rate') &&
      (measure.events === aggregate || measure.population === aggregate),
  );

const mapCells = <F>(figures: ReadonlyMap<number, F>, cellOf: (figure: F) => Cell): ReadonlyMap<number, Cell> =>
  new Map([...figures].map(([index, figure]) => [index, cellOf(figure)]));

function pairCells(first: Figures, second: Figures, cellOf: (a: Figure, b: Figure) => Cell): ReadonlyMap<number, Cell> {
  const cells = new Map<number, Cell>();
  for (const [index, figure] of first) {
    const other = second.get(index);
    if (other !== undefined) cells.set(index, cellOf(figure, other));
  }
  return cells;
}

/** Both sides are open: the strata meet here, area by area. */
function openRateCells(
  input: MergeInput,
  grid: Grid,
  covered: CoveredAreas | null,
  measure: Extract<PlanMeasure, { kind: 'direct-rate' }>,
): ReadonlyMap<number, Cell> {
  const weights = standardWeights(input.vocabulary, measure.spec.standard);
  const events = strataSums(input, grid, covered, measure.events, measure.spec.over, weights.length);
  const persons = strataSums(input, grid, covered, measure.population, measure.spec.over, weights.length);
  return new Map(
    [...persons].map(([index, of]) => [index, openRateCell(events.get(index) ?? [], of, weights, measure.spec.per)]),
  );
}

function strataSums(
  input: MergeInput,
  grid: Grid,
  covered: CoveredAreas | null,
  aggregate: PlanAggregate,
  over: { variable: string; level: string },
  strata: number,
) {
  const sums = new Map<number, number[]>();
  const dimensions = [...input.plan.question.by, over];
  const sizes = [...input.plan.dimensions.map(({ codes }) => codes.length), strata];
  for (const part of openParts(input).filter(({ task }) => aggregate.datasets.includes(task.dataset))) {
    const groupings = dimensions.map((dimension, at) => rowGrouping(input.vocabulary, part, dimension, sizes[at] ?? 0));
    const repeated = groupings.map(({ repeats }) => repeats);
    for (const { numbers, row } of groupedRows(part, aggregate, input.vocabulary, covered, groupings))
      for (const cell of grid.cellsOf(numbers.slice(0, -1), repeated)) {
        const sum = sums.get(cell) ?? new Array<number>(strata).fill(0);
        const stratum = numbers[numbers.length - 1] ?? 0;
        sum[stratum] = (sum[stratum] ?? 0) + (row.status === 'value' ? row.value : 0);
        sums.set(cell, sum);
      }
  }
  return sums;
}

function codesOf({ plan }: MergeInput, grid: Grid, index: number): Record<string, string | null> {
  const numbers = grid.numbersOf(index);
  return Object.fromEntries(
    plan.dimensions.map(({ name, codes }, at) => [name, codes[numbers[at] ?? -1]?.code ?? null]),
  );
}

/** What a cell means that no release speaks of: its area was left out, or its holder did not answer. */
function gapFinder(input: MergeInput, covered: CoveredAreas | null) {
  const excluded = new Map(covered?.excluded.map(({ area, reason }) => [area, reason]));
  return (measure: PlanMeasure | undefined, by: Record<string, string | null>): Cell => {
    const reason = excluded.get(by.area ?? '');
    if (reason === 'notCollected' || reason === 'noCounterpart') return absent('notCollected');
    const words = aggregatesOf(measure).flatMap(({ datasets }) =>
      datasets.flatMap(({ id }): Absence[] => [input.absent.get(id)].filter((word) => word !== undefined)),
    );
    return absent(words[0] ?? 'grainUnavailable');
  };
}

function aggregatesOf(measure: PlanMeasure | undefined): readonly PlanAggregate[] {
  if (measure === undefined) return [];
  if (measure.kind === 'aggregate') return [measure.aggregate];
  return measure.kind === 'proportion' || measure.kind === 'mean'
    ? [measure.of, measure.among]
    : [measure.events, measure.population];
}

/** Areas and years that the figures stand for. */
function coverageView({ plan, parts }: MergeInput, covered: CoveredAreas | null): Coverage {
  if (covered !== null)
    return {
      areas: [...covered.areas].sort(),
      years: covered.years.map(Number),
      excluded: covered.excluded.map(({ area, reason }) => ({ area, reason })),
    };
  const came = new Set(parts.map(({ task }) => task));
  const answered = plan.tasks.filter((task) => came.has(task)).map(({ dataset }) => dataset.coverage);
  return { areas: [...new Set(answered.flatMap(({ areas }) => areas))].sort(), years: [], excluded: [] };
}

const notes: Record<PlanMeasure['kind'], Text> = {
  aggregate: { de: 'Summe über die Datenhalter', en: 'Sum over the holders' },
  proportion: { de: 'Anteil mit 95-%-Intervall (Wilson)', en: 'Share with 95 % interval (Wilson)' },
  mean: { de: 'Mittel: Summe je Gezähltem', en: 'Mean: sum per unit counted' },
  'crude-rate': {
    de: 'Rohe Rate, nicht altersstandardisiert; Unterschiede im Altersaufbau wirken mit',
    en: 'Crude rate, not age-adjusted; differences in age structure play a part',
  },
  'direct-rate': {
    de: 'Direkt altersstandardisierte Rate mit 95-%-Intervall (Fay-Feuer)',
    en: 'Directly age-standardised rate with 95 % interval (Fay-Feuer)',
  },
};

/** Figures with noise do not add up: said of a measure as soon as one of its parts has some. */
function isNoised({ parts }: MergeInput, measure: PlanMeasure): boolean {
  const datasets = new Set(aggregatesOf(measure).flatMap((aggregate) => aggregate.datasets));
  return parts.some(
    ({ task, perturbation, sumVariance }) =>
      (perturbation !== undefined || sumVariance !== undefined) && datasets.has(task.dataset),
  );
}

function describe(input: MergeInput, measure: PlanMeasure): z.infer<typeof AnswerMeasure> {
  const additive = isNoised(input, measure) ? { additive: false } : {};
  const base = { name: measure.name, note: notes[measure.kind], route: 'released-figures', ...additive } as const;
  switch (measure.kind) {
    case 'aggregate':
      return { ...base, kind: measure.aggregate.measure.kind };
    case 'mean':
      return { ...base, kind: 'mean' };
    case 'proportion':
      return { ...base, kind: 'proportion', interval: measure.spec.interval };
    case 'crude-rate':
      return { ...base, kind: 'crude-rate', per: measure.spec.per, interval: measure.spec.interval };
    case 'direct-rate':
      return {
        ...base,
        kind: 'direct-rate',
        per: measure.spec.per,
        interval: measure.spec.interval,
        standard: measure.spec.standard,
        route: measure.route,
      };
  }
}
