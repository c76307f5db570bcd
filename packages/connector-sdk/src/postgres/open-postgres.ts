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
import { contentEpoch, storedEpoch } from './content-epoch.ts';
import { type BoundStatement, handOver } from './hand-over.ts';
import { type Database, readTransaction } from './read-transaction.ts';

export interface PostgresOptions extends ApprovedView {
  /** Of the reading role, `postgres://role:password@host/database?sslmode=verify-full`. */
  readonly connectionString: string;
  /** Tables that are answered at a time; one more connection is opened to stop a statement. Default 4. */
  readonly maxConnections?: number;
}

/** A data source over one epoch: once the data are of another, it answers nothing more. */
export interface PostgresSource extends DataSource {
  readonly epoch: string;
  /** False once the record keys were filled for other data, or nobody can tell: describe the data and open again. */
  isCurrent(): Promise<boolean>;
}

const OPEN_LIMIT_MS = 20_000;
/** For one pass over all rows. */
const EPOCH_LIMIT_MS = 600_000;
const CONNECT_LIMIT_MS = 5_000;

async function read(client: pg.ClientBase, { text, values }: BoundStatement): Promise<NumberColumns> {
  const answer = await client.query<unknown[]>({ text, values: [...values], rowMode: 'array' });
  return answer.fields.map((_, index) => Float64Array.from(answer.rows, (row) => exactFigure(row[index])));
}

interface OpenView {
  readonly database: Database;
  readonly approved: ApprovedView;
  readonly epoch: string;
}

async function aggregate(open: OpenView, table: SourceTable, options: DataSourceOptions): Promise<RawTable> {
  const compiled = compileTable(table, { view: `${open.approved.schema}.${open.approved.view}` });
  return readTransaction(open.database, options, async (client, stop) => {
    if ((await storedEpoch(client, open.approved)) !== open.epoch) throw outdated();
    return answer(client, stop, table, compiled);
  });
}

const outdated = (): AppError =>
  new AppError('DATA_UNREADABLE', { detail: 'The data are of another epoch now: describe them anew, then restart.' });

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

/** The epoch that is stored must be that of the rows, or a change of the data would go unnoticed. */
async function checkEpoch(client: pg.ClientBase, approved: ApprovedView): Promise<string> {
  const epoch = await storedEpoch(client, approved);
  if ((await contentEpoch(client, approved)) === epoch) return epoch;
  throw new AppError('DATA_UNREADABLE', {
    detail: 'The data have changed since their record keys were filled: fill them, then describe the data anew.',
  });
}

async function look(database: Database, approved: ApprovedView): Promise<string> {
  try {
    await readTransaction(database, { timeoutMs: OPEN_LIMIT_MS }, (client) => checkAccess(client, approved));
    return await readTransaction(database, { timeoutMs: EPOCH_LIMIT_MS }, (client) => checkEpoch(client, approved));
  } catch (cause) {
    await database.pool.end();
    if (cause instanceof AppError && cause.code === 'VIEW_UNFIT') throw cause;
    const detail = cause instanceof AppError ? cause.message : 'The database does not answer in time.';
    throw new AppError('DATA_UNREADABLE', { detail });
  }
}

/**
 * Opens the view after a look at it, at the role, and at every row once. @throws AppError VIEW_UNFIT where view or role is not as
 * the convention (`ApprovedView`) says, DATA_UNREADABLE where the database does not answer or the rows are not of the stored epoch.
 */
export async function openPostgres(options: PostgresOptions): Promise<PostgresSource> {
  const { connectionString, schema, view, model, maxConnections = 4 } = options;
  const config = { connectionString, application_name: 'revier', connectionTimeoutMillis: CONNECT_LIMIT_MS };
  const pool = new pg.Pool({ ...config, max: maxConnections });
  // An idle connection that breaks is replaced when the next table comes.
  pool.on('error', () => {});
  const [database, approved] = [
    { pool, config },
    { schema, view, model },
  ];
  const epoch = await look(database, approved);
  return {
    epoch,
    ...untilClosed(
      (table, limits) => aggregate({ database, approved, epoch }, table, limits),
      () => pool.end(),
    ),
    isCurrent: () =>
      readTransaction(database, { timeoutMs: OPEN_LIMIT_MS }, (client) => storedEpoch(client, approved)).then(
        (stored) => stored === epoch,
        () => false,
      ),
  };
}
