/** The reading room in the holder's database: one snapshot, read-only, limited in time, left at once when told to. */
import { AppError } from '@revier/schema';
import pg from 'pg';
import type { DataSourceOptions } from '../data-source.ts';
import { stopSignal, throwIfStopped } from '../data-source-life.ts';

export interface Database {
  readonly pool: pg.Pool;
  /** For the one connection beside the pool that stops a statement: a pool may be exhausted just then. */
  readonly config: pg.ClientConfig;
}

/** How long the server is given to confirm that a statement was stopped. */
const HALT_MS = 500;
/** Set by `statement_timeout`, by the holder's own cancelling, and by `halt`. */
const STOPPED = new Set(['57014', '57P01']);

const ignore = (): void => {};

/** What PostgreSQL says can hold SQL and values: only the class of the error passes. */
function withoutWords(cause: unknown): Error {
  if (cause instanceof AppError || cause instanceof DOMException) return cause;
  const code = cause instanceof pg.DatabaseError ? cause.code : undefined;
  if (code !== undefined && STOPPED.has(code)) return new DOMException('The work was stopped', 'AbortError');
  const detail =
    code === undefined ? 'The database does not answer.' : `The data could not be read (SQLSTATE ${code}).`;
  return new AppError('INTERNAL', { detail });
}

/** Waits for a connection, but not beyond the signal; one that comes too late goes back. */
async function connect(pool: pg.Pool, stop: AbortSignal): Promise<pg.PoolClient> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const onStop = (): void => reject(new DOMException('The work was stopped', 'AbortError'));
  stop.addEventListener('abort', onStop, { once: true });
  const coming = pool.connect();
  try {
    return await Promise.race([coming, stopped]);
  } catch (cause) {
    coming.then((client) => client.release(), ignore);
    throw cause;
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}

/**
 * Ends the backend, then our side of the connection. Cancelling its statement would not do: a cancellation that arrives between two
 * statements is forgotten, and one that merely loses its client runs on until it has something to send.
 */
async function halt(config: pg.ClientConfig, client: pg.PoolClient, pid: number | undefined): Promise<void> {
  const helper = new pg.Client({ ...config, connectionTimeoutMillis: HALT_MS, query_timeout: HALT_MS });
  helper.on('error', ignore);
  try {
    if (pid === undefined) return;
    await helper.connect();
    await helper.query('select pg_terminate_backend($1)', [pid]);
  } catch {
    // The server is out of reach: its own statement_timeout ends the statement.
  } finally {
    helper.end().catch(ignore);
    // With a statement under way this drops the connection at once, whether or not the server can still be reached.
    client.end().catch(ignore);
  }
}

/** One snapshot for all statements of a table: its counts and their atoms must be of the same records. */
async function begin(client: pg.PoolClient, timeoutMs: number): Promise<number> {
  await client.query('begin transaction isolation level repeatable read read only');
  const limit = String(Math.max(1, Math.ceil(timeoutMs)));
  const answer = await client.query<{ pid: number }>(
    `select pg_backend_pid() as pid, set_config('statement_timeout', $1, true), set_config('lock_timeout', $1, true),
       set_config('idle_in_transaction_session_timeout', $1, true), set_config('jit', 'off', true),
       set_config('search_path', 'pg_catalog', true)`,
    [limit],
  );
  return answer.rows[0]?.pid ?? 0;
}

/**
 * Runs `work` in a transaction of its own. Rejects with `DOMException` `AbortError` once stopped, else with AppError without a word of
 * the server's; a connection on which anything failed is not used again.
 */
export async function readTransaction<T>(
  { pool, config }: Database,
  options: DataSourceOptions,
  work: (client: pg.PoolClient, stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = stopSignal(options);
  let client: pg.PoolClient | undefined;
  let halted: Promise<void> | undefined;
  let pid: number | undefined;
  const onStop = (): void => {
    if (client !== undefined) halted = halt(config, client, pid);
  };
  try {
    throwIfStopped(stop);
    client = await connect(pool, stop);
    client.on('error', ignore);
    stop.addEventListener('abort', onStop, { once: true });
    throwIfStopped(stop);
    pid = await begin(client, options.timeoutMs);
    const outcome = await work(client, stop);
    await client.query('commit');
    throwIfStopped(stop);
    stop.removeEventListener('abort', onStop);
    client.off('error', ignore);
    client.release();
    return outcome;
  } catch (cause) {
    stop.removeEventListener('abort', onStop);
    await halted;
    client?.release(true);
    throwIfStopped(stop);
    throw withoutWords(cause);
  }
}
