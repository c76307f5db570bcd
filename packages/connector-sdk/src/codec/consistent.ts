/** What a schema cannot say of a release: equal lengths, cells in order, and columns that fit their statuses. */
import { NO_EVENT_CLASS } from '@revier/core';
import { type AppError, eventClasses, type ReleaseBody, type ReleaseColumns } from '@revier/schema';
import { assertFigures, fault, isShown } from './figures.ts';

/** @throws AppError INVALID_REQUEST with a pointer to the column; NOT_CANONICAL for figures in other bits than their own */
export function assertConsistent(body: ReleaseBody): void {
  const cells = body.measures[0]?.status.length ?? 0;
  assertKeys(body.keys, cells);
  for (const [index, columns] of body.measures.entries()) assertColumns(columns, cells, `/measures/${index}`);
}

/**
 * Cells stand in strictly ascending order of their keys, totals last (core's cell grid): so no cell comes twice, and one
 * release has one spelling.
 */
function assertKeys(keys: readonly Uint32Array[], cells: number): void {
  if (keys.length === 0 && cells !== 1) throw fault('/keys', 'Without dimensions there is one cell.');
  for (const [d, column] of keys.entries())
    if (column.length !== cells) throw fault(`/keys/${d}`, 'The column is not as long as the others.');
  assertAscending(keys, 0, 0, cells);
}

/** Of cells that are alike in all columns before d: this column ascends, and in each run of one key the columns after it. */
function assertAscending(keys: readonly Uint32Array[], d: number, from: number, to: number): void {
  if (to - from < 2) return;
  const column = keys[d];
  if (column === undefined) throw unordered();
  let run = from;
  let before = column[from] ?? 0;
  for (let cell = from + 1; cell < to; cell++) {
    const here = column[cell] ?? 0;
    if (here === before) continue;
    if (here < before) throw unordered();
    if (cell - run > 1) assertAscending(keys, d + 1, run, cell);
    run = cell;
    before = here;
  }
  assertAscending(keys, d + 1, run, to);
}

const unordered = (): AppError => fault('/keys', 'The cells are not in ascending order.');

function assertColumns(columns: ReleaseColumns, cells: number, pointer: string): void {
  for (const column of columnsOf(columns))
    if (column.length !== cells) throw fault(pointer, 'The columns differ in length.');
  if (columns.kind === 'direct-rate') assertRates(columns, pointer);
  else {
    const { kind, status, value } = columns;
    assertFigures({ status, value, pointer, name: 'value', whole: kind === 'count', zeroed: true });
    if (kind === 'sum' && columns.sd !== undefined) assertDeviations(status, columns.sd, pointer);
  }
}

function columnsOf(columns: ReleaseColumns): (Uint8Array | Float64Array)[] {
  if (columns.kind === 'direct-rate')
    return [columns.status, columns.rate, columns.lower, columns.upper, columns.events];
  const { status, value } = columns;
  return columns.kind === 'sum' && columns.sd !== undefined ? [status, value, columns.sd] : [status, value];
}

/** Noise is there wherever a figure is, and has a size. */
function assertDeviations(status: Uint8Array, sd: Float64Array, pointer: string): void {
  assertFigures({ status, value: sd, pointer, name: 'sd', whole: false, zeroed: false });
  sd.forEach((deviation, cell) => {
    if (isShown(status[cell] ?? -1) && !(deviation > 0))
      throw fault(`${pointer}/sd`, 'A sum lacks the size of its noise.');
  });
}

type RateColumns = Extract<ReleaseColumns, { kind: 'direct-rate' }>;

function assertRates({ status, rate, lower, upper, events }: RateColumns, pointer: string): void {
  const sides = { rate, lower, upper };
  for (const [name, value] of Object.entries(sides))
    assertFigures({ status, value, pointer, name, whole: false, zeroed: name !== 'upper' });
  for (let cell = 0; cell < rate.length; cell++) {
    const event = events[cell] ?? NO_EVENT_CLASS;
    const shown = isShown(status[cell] ?? -1);
    if (event !== NO_EVENT_CLASS && (event >= eventClasses.length || !shown))
      throw fault(`${pointer}/events`, 'Unknown class of events, or one where nothing is shown.');
    const low = lower[cell] ?? 0;
    const middle = rate[cell] ?? 0;
    if (shown && !(0 <= low && low <= middle && middle <= (upper[cell] ?? 0)))
      throw fault(pointer, 'A rate does not lie within its limits.');
  }
}
