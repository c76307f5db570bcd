/** Columns in which some cells say again what was said of them last. */
import type { ReleaseColumns } from '@revier/schema';
import { NO_EVENT_CLASS, statusByte } from '../columns.ts';
import type { FigureSets } from './figure-sets.ts';
import type { PastAnswer } from './past-answer.ts';

/** One measure of an answer that was given. */
export interface Said {
  readonly past: PastAnswer;
  readonly place: number;
  readonly columns: ReleaseColumns;
  readonly sets: FigureSets;
  /** Of the very measure of the table that is asked again. */
  readonly isOwn: boolean;
  /** May be said again. */
  readonly isUsable: boolean;
}

export interface LastSaid {
  readonly said: Said;
  readonly cell: number;
  /** The very place that is asked again. */
  readonly isItself: boolean;
}

/** Where `keep` is 1 stands what was said last, or `withheld` where nothing was. */
export function keepColumns(
  columns: ReleaseColumns,
  keep: Uint8Array,
  last: readonly (LastSaid | undefined)[],
): ReleaseColumns {
  const one = (value: number, cell: number, blank: number, of: Column): number => {
    if (keep[cell] !== 1) return value;
    const before = last[cell];
    return (before === undefined ? undefined : of(before.said.columns)?.[before.cell]) ?? blank;
  };
  const numbers = (values: Float64Array<ArrayBuffer>, of: Column) =>
    values.map((value, cell) => one(value, cell, Number.NaN, of));
  const status = columns.status.map((value, cell) => one(value, cell, WITHHELD, (before) => before.status));
  if (columns.kind === 'count')
    return { kind: 'count', status, value: numbers(columns.value, (before) => ifKind(before, 'count')?.value) };
  if (columns.kind === 'sum')
    return {
      ...{ kind: 'sum', status, value: numbers(columns.value, (before) => ifKind(before, 'sum')?.value) },
      ...(columns.sd === undefined ? {} : { sd: numbers(columns.sd, (before) => ifKind(before, 'sum')?.sd) }),
    };
  return {
    ...{ kind: 'direct-rate', status },
    rate: numbers(columns.rate, (before) => ifKind(before, 'direct-rate')?.rate),
    lower: numbers(columns.lower, (before) => ifKind(before, 'direct-rate')?.lower),
    upper: numbers(columns.upper, (before) => ifKind(before, 'direct-rate')?.upper),
    events: columns.events.map((value, cell) =>
      one(value, cell, NO_EVENT_CLASS, (before) => ifKind(before, 'direct-rate')?.events),
    ),
  };
}

type Column = (before: ReleaseColumns) => Float64Array | Uint8Array | undefined;

const WITHHELD = statusByte('withheld');

const ifKind = <K extends ReleaseColumns['kind']>(columns: ReleaseColumns, kind: K) =>
  isKind(columns, kind) ? columns : undefined;

const isKind = <K extends ReleaseColumns['kind']>(
  columns: ReleaseColumns,
  kind: K,
): columns is Extract<ReleaseColumns, { kind: K }> => columns.kind === kind;
