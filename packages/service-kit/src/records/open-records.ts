/** Opens the records of a service: a PostgreSQL server by its address, else PGlite in a folder. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { checkFormat } from './data-format.ts';
import { EmbeddedSession } from './embedded-wire.ts';
import { lockFolder } from './folder-lock.ts';
import { type Records, recordsOver } from './records.ts';

export interface RecordsOptions {
  /** `postgres://…`; wins over `folder`. */
  readonly databaseUrl?: string;
  /** The data folder of the embedded database; made when missing. */
  readonly folder?: string;
  /** Embedded and forgotten at the end: for tests. */
  readonly memory?: boolean;
  /** Connections to a server, 10 by default. Every queue worker keeps one to itself. */
  readonly maxConnections?: number;
  /** Hears of lost connections, which are replaced. */
  readonly onError?: (error: Error) => void;
}

/** Our own statements name their schema; those of BullMQ do not, and expect the pool to find theirs. */
const SEARCH_PATH = 'public,bullmq';

/** Wires in memory cost nothing, and a limit could only make clients wait for each other. */
const EMBEDDED_CLIENTS = 1_000;

/**
 * The caller closes what it opened. Throws DATA_FOLDER_IN_USE and DATA_FOLDER_NEWER.
 *
 * Measured (2 cores): a new folder takes 2.6 s and 1.1 GB at its peak, nearly all of it PGlite's initdb; an existing one
 * 0.4 s and 0.4 GB. That is within the 10 s and 1.5 GB that the first answer may take, so no snapshot is shipped: it
 * would save 2 s once, for a binary of 4.5 MB that has to be rebuilt with every PGlite.
 */
export async function openRecords(options: RecordsOptions): Promise<Records> {
  const onError = options.onError ?? (() => {});
  if (options.databaseUrl !== undefined) return openServer(options.databaseUrl, options.maxConnections ?? 10, onError);
  if (options.folder !== undefined) return openFolder(options.folder, onError);
  if (options.memory === true) return openEmbedded('memory://', onError, async () => {});
  throw new Error('openRecords needs a database address or a folder.');
}

async function openServer(connectionString: string, max: number, onError: (error: Error) => void): Promise<Records> {
  const pool = new pg.Pool({ connectionString, max, keepAlive: true, options: `-c search_path=${SEARCH_PATH}` });
  const records = recordsOver({ kind: 'postgres', pool, onError, afterClose: async () => {} });
  try {
    await pool.query('select 1');
  } catch (error) {
    await records.close();
    throw error;
  }
  return records;
}

async function openFolder(folder: string, onError: (error: Error) => void): Promise<Records> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const unlock = await lockFolder(folder);
  try {
    await checkFormat(folder);
    return await openEmbedded(join(folder, 'records'), onError, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function openEmbedded(
  dataDir: string,
  onError: (error: Error) => void,
  unlock: () => Promise<void>,
): Promise<Records> {
  const database = await PGlite.create({ dataDir });
  await database.exec(`set search_path to ${SEARCH_PATH}`);
  const session = new EmbeddedSession(database);
  const pool = new pg.Pool({ stream: session.open, max: EMBEDDED_CLIENTS, keepAlive: true, allowExitOnIdle: true });
  const afterClose = async (): Promise<void> => {
    await database.close();
    await unlock();
  };
  return recordsOver({ kind: 'pglite', pool, onError, afterClose });
}
