/** A data source over an approved view in the holder's own PostgreSQL (12 or later), or one that is compatible with it. */
import type { RawTable, SourceTable } from '@revier/core';
import { AppError } from '@revier/schema';
import pg from 'pg';
import type { DataSource, DataSourceOptions } from '../data-source.ts';
import { throwIfStopped, untilClosed } from '../data-source-life.ts';
import { type CompiledTable, compileTable } from '../sql/compile-table.ts';
import { exactFigure } from '../sql/exact-figure.ts';
import { type NumberColumns, toRawTable } from '../sql/raw-table.ts';
import type { ApprovedView } from './approved-view.ts';
import { checkAccess } from './check-access.ts';
import { type BoundStatement, handOver } from './hand-over.ts';
import { type Database, readTransaction } from './read-transaction.ts';

export interface PostgresOptions extends ApprovedView {
  /** Of the reading role, `postgres://role:password@host/database?sslmode=verify-full`. */
  readonly connectionString: string;
  /** Tables that are answered at a time; one more connection is opened to stop a statement. Default 4. */
  readonly maxConnections?: number;
}

const OPEN_LIMIT_MS = 20_000;
const CONNECT_LIMIT_MS = 5_000;

async function read(client: pg.ClientBase, { text, values }: BoundStatement): Promise<NumberColumns> {
  const answer = await client.query<unknown[]>({ text, values: [...values], rowMode: 'array' });
  return answer.fields.map((_, index) => Float64Array.from(answer.rows, (row) => exactFigure(row[index])));
}

async function aggregate(
  database: Database,
  view: string,
  table: SourceTable,
  options: DataSourceOptions,
): Promise<RawTable> {
  const compiled = compileTable(table, { view });
  return readTransaction(database, options, (client, stop) => answer(client, stop, table, compiled));
}

async function answer(
  client: pg.ClientBase,
  stop: AbortSignal,
  table: SourceTable,
  { measures, atoms, lookups }: CompiledTable,
): Promise<RawTable> {
  const answers: NumberColumns[] = [];
  for (const statement of [...measures, ...(atoms === null ? [] : [atoms])]) {
    throwIfStopped(stop);
    answers.push(await read(client, handOver(statement, lookups)));
  }
  return toRawTable(table, answers.slice(0, measures.length), answers[measures.length] ?? null);
}

/**
 * Opens the view after a look at it and at the role. @throws AppError VIEW_UNFIT where either is not as the convention
 * (`ApprovedView`) says, DATA_UNREADABLE where the database does not answer.
 */
export async function openPostgres(options: PostgresOptions): Promise<DataSource> {
  const { connectionString, schema, view, model, maxConnections = 4 } = options;
  const config = { connectionString, application_name: 'revier', connectionTimeoutMillis: CONNECT_LIMIT_MS };
  const pool = new pg.Pool({ ...config, max: maxConnections });
  // An idle connection that breaks is replaced when the next table comes.
  pool.on('error', () => {});
  const database = { pool, config };
  try {
    const look = { timeoutMs: OPEN_LIMIT_MS };
    await readTransaction(database, look, (client) => checkAccess(client, { schema, view, model }));
  } catch (cause) {
    await pool.end();
    if (cause instanceof AppError && cause.code === 'VIEW_UNFIT') throw cause;
    const detail = cause instanceof AppError ? cause.message : 'The database does not answer in time.';
    throw new AppError('DATA_UNREADABLE', { detail });
  }
  return untilClosed(
    (table, limits) => aggregate(database, `${schema}.${view}`, table, limits),
    () => pool.end(),
  );
}
