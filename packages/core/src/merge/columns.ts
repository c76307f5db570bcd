/** Where released columns stand in the grid: which of them are meant, and the cell of each row. */
import { AppError, type ReleaseColumns, type TableMeasure, TOTAL } from '@revier/schema';
import { canonicalText } from '../query/canonical.ts';
import type { OpenPart } from '../query/coverage.ts';
import { groupingOn } from '../query/grouping.ts';
import type { Plan, PlanTask } from '../query/plan.ts';
import type { Vocabulary } from '../query/vocabulary.ts';
import type { Grid } from './grid.ts';

export const misfit = (): AppError => new AppError('INVALID_REQUEST', { detail: 'A release does not fit its table.' });

interface Places {
  /** Of the measure in the table. */
  readonly measure: number;
  /** Of each dimension of the question in the table. */
  readonly dimensions: readonly number[];
}

/** The grid cell of each row, and the keys that say so. */
interface Located {
  readonly keys: readonly Uint32Array[];
  readonly cells: Uint32Array;
}

/**
 * Finds the columns of a measure, and the grid cell of each row. Tables that are alike are looked at once; so are keys
 * that are those of the part before, as most holders of one table release the same cells.
 * @throws AppError when the body does not fit the table
 */
export function columnFinder(plan: Plan, vocabulary: Vocabulary, grid: Grid, measure: TableMeasure) {
  const known = new Map<string, Places>();
  let last: Located | undefined;
  return ({ task, body }: OpenPart): { columns: ReleaseColumns; cells: Uint32Array } => {
    const places = known.get(task.tableHash) ?? placesIn(plan, vocabulary, task, measure);
    known.set(task.tableHash, places);
    const columns = body.measures[places.measure];
    if (columns === undefined || body.keys.length !== task.table.by.length) throw misfit();
    const keys = places.dimensions.map((place) => keysAt(body.keys, place, columns.status.length));
    if (last === undefined || !sameKeys(last.keys, keys) || last.cells.length !== columns.status.length)
      last = { keys, cells: cellsOf(grid, plan, keys, columns.status.length) };
    return { columns, cells: last.cells };
  };
}

function placesIn(
  plan: Plan,
  vocabulary: Vocabulary,
  { table, model, dataset }: PlanTask,
  measure: TableMeasure,
): Places {
  const placeOf = (all: readonly object[], wanted: object): number =>
    all.findIndex((one) => canonicalText(one) === canonicalText(wanted));
  return {
    measure: placeOf(table.measures, measure),
    dimensions: plan.question.by.map((dimension) =>
      placeOf(table.by, groupingOn(vocabulary, model, dataset, dimension, '/by').dimension),
    ),
  };
}

function keysAt(keys: readonly Uint32Array[], place: number, rows: number): Uint32Array {
  const column = keys[place];
  if (column?.length !== rows) throw misfit();
  return column;
}

const sameKeys = (one: readonly Uint32Array[], other: readonly Uint32Array[]): boolean =>
  one.every((column, at) => {
    const twin = other[at];
    return twin !== undefined && Buffer.compare(bytesOf(column), bytesOf(twin)) === 0;
  });

const bytesOf = (column: Uint32Array): Uint8Array =>
  new Uint8Array(column.buffer, column.byteOffset, column.byteLength);

function cellsOf(grid: Grid, plan: Plan, keys: readonly Uint32Array[], rows: number): Uint32Array {
  const cells = new Uint32Array(rows);
  for (const [dimension, column] of keys.entries()) {
    const total = grid.total(dimension);
    for (let row = 0; row < rows; row++) {
      const number = column[row] ?? TOTAL;
      if (number >= total && !(number === TOTAL && plan.question.margins)) throw misfit();
      cells[row] = (cells[row] ?? 0) * (total + 1) + Math.min(number, total);
    }
  }
  return cells;
}
