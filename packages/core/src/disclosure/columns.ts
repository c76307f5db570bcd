/** Columns of a release, begun with nothing shown, and the bytes that statuses and event classes travel as. */
import { type CellStatus, cellStatuses, eventClasses, type ReleaseBody, type ReleaseColumns } from '@revier/schema';
import type { CellGrid } from './cell-grid.ts';
import type { DisclosureInput } from './disclosure-input.ts';

export type ValueColumns = Extract<ReleaseColumns, { kind: 'count' | 'sum' }>;
export type SumColumns = Extract<ReleaseColumns, { kind: 'sum' }> & { readonly sd: Float64Array };
export type RateColumns = Extract<ReleaseColumns, { kind: 'direct-rate' }>;

/** Stands in the column of event classes where no figure is shown. */
export const NO_EVENT_CLASS = 0xff;

export const statusByte = (status: CellStatus): number => cellStatuses.indexOf(status);

export function valueColumns(kind: 'count' | 'sum', size: number, status: CellStatus): ValueColumns {
  return { kind, status: new Uint8Array(size).fill(statusByte(status)), value: noNumbers(size) };
}

/** A sum with the class of its noise beside it. */
export function noisedSumColumns(size: number): SumColumns {
  const status = new Uint8Array(size).fill(statusByte('withheld'));
  return { kind: 'sum', status, value: noNumbers(size), sd: noNumbers(size) };
}

export function rateColumns(size: number, status: CellStatus): RateColumns {
  return {
    kind: 'direct-rate',
    status: new Uint8Array(size).fill(statusByte(status)),
    rate: noNumbers(size),
    lower: noNumbers(size),
    upper: noNumbers(size),
    events: new Uint8Array(size).fill(NO_EVENT_CLASS),
  };
}

const noNumbers = (size: number): Float64Array<ArrayBuffer> => new Float64Array(size).fill(Number.NaN);

/** Lower bounds of the event classes, read from their names so that both cannot part. */
const classFloors = eventClasses.map((name) => Number.parseInt(name, 10));

/** The place of the class of a number of events, or null below the lowest class. */
export function eventClassOf(events: number): number | null {
  const place = classFloors.findLastIndex((floor) => events >= floor);
  return place < 0 ? null : place;
}

export function bodyOf(input: DisclosureInput, grid: CellGrid, measures: ReleaseColumns[]): ReleaseBody {
  return { format: 'revier-release/1', table: input.tableHash, keys: [...grid.keys], measures };
}
