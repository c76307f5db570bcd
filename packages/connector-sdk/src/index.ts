/** What any participant needs to take part: data sources, signatures, the client of a broker. */
export {
  type Columns,
  type Grain,
  type RejectedRecord,
  type RejectReason,
  USABLE,
  type Value,
} from './columnar/columns.ts';
export type { EngineLimits } from './columnar/engine.ts';
export {
  type ImportOutcome,
  type ImportProgress,
  type ImportRequest,
  importColumns,
} from './columnar/import-columns.ts';
export { type ColumnarSource, openColumnar } from './columnar/open-columnar.ts';
export type { StorePlace } from './columnar/store-files.ts';
export type { DataSource, DataSourceOptions } from './data-source.ts';
export { type CompiledStatement, type CompiledTable, type CompileOptions, compileTable } from './sql/compile-table.ts';
export type { Lookup } from './sql/lookups.ts';
export { type NumberColumns, toRawTable } from './sql/raw-table.ts';
