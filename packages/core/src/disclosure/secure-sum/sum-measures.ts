/** Words of each measure in a secure sum: a count has one a cell; a sum of figures has three, so that it can be told whom it is about. */
import { AppError, type DataModel, type Table, type TableMeasure } from '@revier/schema';

/** Steps of fixed point that make up what one person contributes at most: noise of whole contributions would leave the rest of a sum bare. */
export const STEPS_PER_PERSON = 64;

/**
 * The most that one person contributes to a cell, either way, in the variable's own whole units: the declared, public bound of a single figure.
 * Null for what is no figure of persons.
 */
export function contributionCap(model: Pick<DataModel, 'variables'>, measure: TableMeasure): number | null {
  if (measure.kind !== 'sum') return null;
  const variable = model.variables.find(({ name }) => name === measure.variable);
  if (variable?.role !== 'measure') return null;
  const cap = Math.max(Math.abs(variable.min), Math.abs(variable.max));
  return cap === 0 || cap > MOST ? null : cap;
}

/** So that a sum over everybody in a country stays far below 2^63, and below what a double holds exactly. */
const MOST = 2 ** 24;

/** Of fixed point: sums travel as whole multiples of it. */
export const stepOf = (cap: number): number => cap / STEPS_PER_PERSON;

/** In the order of the words: the sum, persons who have a figure, persons who lack one. */
export const SUM_WORDS = 3;

const wordsPerCell = ({ kind }: TableMeasure): number => (kind === 'sum' ? SUM_WORDS : 1);

/** Where the words of each measure begin, in cells; and how many there are in all. */
export function layoutOf({ measures }: Pick<Table, 'measures'>): {
  readonly begins: readonly number[];
  readonly all: number;
} {
  let all = 0;
  const begins = measures.map((measure) => {
    const begin = all;
    all += wordsPerCell(measure);
    return begin;
  });
  return { begins, all };
}

/** How many words a table has. */
export const wordsIn = (domain: readonly (readonly number[])[], table: Pick<Table, 'margins' | 'measures'>): number =>
  layoutOf(table).all * domain.reduce((product, codes) => product * (codes.length + (table.margins ? 1 : 0)), 1);

/** @throws AppError AGGREGATE_UNFIT */
export function requiredCap(model: Pick<DataModel, 'variables'>, measure: TableMeasure): number {
  const cap = contributionCap(model, measure);
  if (cap === null)
    throw new AppError('AGGREGATE_UNFIT', { detail: 'A secure sum takes figures of persons with a declared bound.' });
  return cap;
}
