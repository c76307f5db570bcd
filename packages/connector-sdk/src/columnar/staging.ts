/** The sorting hall of an import: accepted records wait here until all have come, then are counted, sorted and stored. */
import {
  BIGINT,
  BOOLEAN,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  UINTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import { AppError } from '@revier/schema';
import type { Columns, RejectedRecord, Value } from './columns.ts';
import { checkBatch, type ImportPlan, type PlannedColumn } from './plan-import.ts';

/** Most values that one DuckDB chunk holds. */
const CHUNK = 2048;

const types = { varchar: VARCHAR, bigint: BIGINT, boolean: BOOLEAN } as const;

/** Quoted; names were checked by `planImport`. */
export const quoted = (name: string): string => `"${name}"`;

export interface Staging {
  /** Checks a batch, keeps its good records and tells how many it had; `report` is told of each record that is left out. */
  add(batch: Columns, report: (rejected: RejectedRecord) => void): number;
  /** Ends the writing. */
  close(): void;
}

/** The value of a column in a row; an absent `usable` column means that every record is usable. */
const valueAt = (values: readonly Value[] | undefined, index: number): Value =>
  values === undefined ? 'yes' : (values[index] ?? null);

function acceptRow(columns: readonly [PlannedColumn, readonly Value[] | undefined][], index: number, row: number) {
  const accepted: DuckDBValue[] = [BigInt(row)];
  for (const [{ name, check }, values] of columns) {
    const value = valueAt(values, index);
    const stored = check.accept(value);
    if (stored === undefined) return { rejected: { row, variable: name, reason: check.refusal(value) } };
    accepted.push(stored);
  }
  return { accepted };
}

/** Makes the temporary table `staging`: row number, the planned columns, `record_key`. */
export async function openStaging(
  connection: DuckDBConnection,
  plan: ImportPlan,
  recordKey: (recordId: string) => number,
): Promise<Staging> {
  const definitions = plan.columns.map(({ name, type }) => `${quoted(name)} ${type}`);
  await connection.run(`create temp table staging (row_number bigint, ${definitions.join(', ')}, record_key uinteger)`);
  const appender = await connection.createAppender('staging', 'main', 'temp');
  const chunkTypes: DuckDBType[] = [BIGINT, ...plan.columns.map(({ type }) => types[type]), UINTEGER];
  const chunk = DuckDBDataChunk.create(chunkTypes);
  const recordColumn = plan.columns.findIndex(({ name }) => name === plan.model.record);
  const keyOf = (row: readonly DuckDBValue[]): number => {
    const id = recordColumn < 0 ? null : row[recordColumn + 1];
    // Aggregated data have no record, and no noise that a key would steer.
    if (typeof id !== 'string') return 0;
    const key = recordKey(id);
    if (key !== key >>> 0) throw new AppError('INTERNAL', { detail: 'A record key is no unsigned 32-bit number.' });
    return key;
  };
  let pending: DuckDBValue[][] = [];
  const flush = (): void => {
    if (pending.length === 0) return;
    chunk.reset();
    chunk.setRows(pending);
    appender.appendDataChunk(chunk);
    pending = [];
  };
  let rows = 0;
  return {
    add(batch, report) {
      const length = checkBatch(plan, batch);
      const columns = plan.columns.map((column): [PlannedColumn, readonly Value[] | undefined] => [
        column,
        batch[column.name],
      ]);
      for (let index = 0; index < length; index += 1) {
        rows += 1;
        const { accepted, rejected } = acceptRow(columns, index, rows);
        if (rejected !== undefined) report(rejected);
        else pending.push([...accepted, keyOf(accepted)]);
        if (pending.length === CHUNK) flush();
      }
      return length;
    },
    close() {
      flush();
      appender.closeSync();
    },
  };
}
