/** What a schema cannot say of a release: equal lengths, known bytes, a figure exactly where the status allows one. */
import { NO_EVENT_CLASS } from '@revier/core';
import { AppError, cellStatuses, eventClasses, type ReleaseBody, type ReleaseColumns } from '@revier/schema';

/** Whether a status comes with a figure, by the byte that it travels as. */
const shows: readonly boolean[] = cellStatuses.map(
  (status) => status === 'value' || status === 'zero' || status === 'unreliable',
);
const ZERO = cellStatuses.indexOf('zero');

/** Sums beyond 2^53 are no whole numbers any more, and no register of this world needs them. */
const MAX_FIGURE = 2 ** 53;

/** @throws AppError INVALID_REQUEST with a pointer to the column */
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
  keys.forEach((column, d) => {
    if (column.length !== cells) throw fault(`/keys/${d}`, 'The column is not as long as the others.');
  });
  if (keys.length === 0 && cells !== 1) throw fault('/keys', 'Without dimensions there is one cell.');
  for (let cell = 1; cell < cells; cell++)
    if (!follows(keys, cell)) throw fault('/keys', 'The cells are not in ascending order.');
}

function follows(keys: readonly Uint32Array[], cell: number): boolean {
  for (let d = 0; d < keys.length; d++) {
    const column = keys[d];
    const before = column?.[cell - 1] ?? 0;
    const here = column?.[cell] ?? 0;
    if (here !== before) return here > before;
  }
  return false;
}

function assertColumns(columns: ReleaseColumns, cells: number, pointer: string): void {
  const figures = figuresOf(columns);
  const lengths = [
    columns.status,
    ...Object.values(figures),
    ...(columns.kind === 'direct-rate' ? [columns.events] : []),
  ];
  if (lengths.some(({ length }) => length !== cells)) throw fault(pointer, 'The columns differ in length.');
  if (columns.status.some((status) => status >= shows.length)) throw fault(`${pointer}/status`, 'Unknown status.');
  for (const [name, column] of Object.entries(figures)) assertFigures(column, columns.status, `${pointer}/${name}`);
  if (columns.kind === 'count' && !columns.value.every(isCount)) throw fault(`${pointer}/value`, 'This is no count.');
  if (columns.kind === 'direct-rate') assertRates(columns, pointer);
}

const figuresOf = (columns: ReleaseColumns): Record<string, Float64Array> =>
  columns.kind === 'direct-rate'
    ? { rate: columns.rate, lower: columns.lower, upper: columns.upper }
    : { value: columns.value };

function assertFigures(column: Float64Array, status: Uint8Array, pointer: string): void {
  for (let cell = 0; cell < column.length; cell++) {
    const [value, shown] = [column[cell] ?? Number.NaN, shows[status[cell] ?? 0] === true];
    if (shown && !(Math.abs(value) <= MAX_FIGURE)) throw fault(pointer, 'A cell lacks its figure, or it is absurd.');
    if (!shown && !Number.isNaN(value)) throw fault(pointer, 'There is a figure where the status allows none.');
    if (status[cell] === ZERO && value !== 0 && !pointer.endsWith('/upper'))
      throw fault(pointer, 'A zero is not zero.');
  }
}

const isCount = (value: number): boolean => Number.isNaN(value) || (Number.isInteger(value) && value >= 0);

type RateColumns = Extract<ReleaseColumns, { kind: 'direct-rate' }>;

function assertRates({ status, rate, lower, upper, events }: RateColumns, pointer: string): void {
  for (let cell = 0; cell < rate.length; cell++) {
    const event = events[cell] ?? NO_EVENT_CLASS;
    const shown = shows[status[cell] ?? 0] === true;
    if (event !== NO_EVENT_CLASS && (event >= eventClasses.length || !shown))
      throw fault(`${pointer}/events`, 'Unknown class of events, or one where nothing is shown.');
    const [low, middle, high] = [lower[cell] ?? 0, rate[cell] ?? 0, upper[cell] ?? 0];
    if (shown && !(0 <= low && low <= middle && middle <= high))
      throw fault(pointer, 'A rate does not lie within its limits.');
  }
}

const fault = (pointer: string, detail: string): AppError => AppError.at('INVALID_REQUEST', pointer, detail);
