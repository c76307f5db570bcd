/** The data source port: what a registry-node needs of wherever its rows live. */
import type { RawTable, SourceTable } from '@revier/core';

export interface DataSourceOptions {
  /** Aborting interrupts the running statement. */
  readonly signal?: AbortSignal;
  /** Time limit for the whole table in milliseconds. */
  readonly timeoutMs: number;
}

/** Adapters give equal answers to equal tables over equal rows, down to the byte (contract suite `data-source.case.ts`). */
export interface DataSource {
  /** Rejects with AppError `INTERNAL` on a broken store and with `DOMException` `AbortError` when aborted or timed out. */
  aggregate(table: SourceTable, options: DataSourceOptions): Promise<RawTable>;
  close(): Promise<void>;
}
