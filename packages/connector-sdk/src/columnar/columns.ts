/** What an import is handed: columns of plain values, batch by batch. */

export type Value = string | number | null;

/** One batch: equally long columns by variable name, and optionally `usable`. An empty string is a missing value. */
export type Columns = Readonly<Record<string, readonly Value[]>>;

/**
 * The column that is in every model without being listed: `yes`, or `no` for a record under an objection or a legal
 * block, which then enters no aggregate. Where the column is absent, every record is usable.
 */
export const USABLE = 'usable';

/** Which stored codes a dimension may have: the finest level that the dataset holds. */
export type Grain = Readonly<Record<string, { readonly stored: ReadonlySet<string> }>>;

export type RejectReason =
  | 'missing'
  | 'unknown-code'
  | 'not-a-whole-number'
  | 'out-of-range'
  | 'malformed'
  /** Another record of the import has the same record identifier; which one is right cannot be told, so none is taken. */
  | 'repeated'
  /** A combination of codes that its description says nobody can have. */
  | 'impossible';

/** The first fault of a record that was left out; never the value, which may be personal. */
export interface RejectedRecord {
  /** Place of the record in the import, from 1 on. */
  readonly row: number;
  readonly variable: string;
  readonly reason: RejectReason;
}
