/** Opens the records of a service: a PostgreSQL server by its address, else PGlite in a folder. */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { AppError } from '@revier/schema';
import pg from 'pg';
import { checkFormat } from './data-format.ts';
import { embeddedTemplate } from './embedded-template.ts';
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

/** What PGlite keeps of tables beside the system's own cache: its default of 128 MB is cleared at each start, and stays in memory. */
const started: PGliteOptions = { startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'] };

/**
 * The caller closes what it opened. Throws DATA_FOLDER_IN_USE, DATA_FOLDER_NEWER and RECORDS_UNREADABLE.
 *
 * Measured on 2 cores (CPU time): a new folder from our template 0.4 s, by PGlite's own initdb 2.5 s; an existing folder
 * 0.15 s. With the first heavy use V8 optimises PGlite's code, which takes another 0.5 GB for a moment.
 */
export async function openRecords(options: RecordsOptions): Promise<Records> {
  const onError = options.onError ?? (() => {});
  if (options.databaseUrl !== undefined) return openServer(options.databaseUrl, options.maxConnections ?? 10, onError);
  if (options.folder !== undefined) return openFolder(options.folder, onError);
  if (options.memory === true) return openEmbedded(await openInMemory(), onError, async () => {});
  throw new Error('openRecords needs a database address or a folder.');
}

const openInMemory = async (): Promise<PGlite> => PGlite.create({ ...started, loadDataDir: await embeddedTemplate() });

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
    return await openEmbedded(await openDatabase(join(folder, 'records')), onError, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** A first start that was interrupted leaves half a database: the mark beside it says that nothing is in it yet. */
async function openDatabase(dataDir: string): Promise<PGlite> {
  const mark = `${dataDir}.incomplete`;
  if (existsSync(mark)) await rm(dataDir, { recursive: true, force: true });
  if (existsSync(dataDir)) return reopened(dataDir);
  await writeFile(mark, '', { mode: 0o600 });
  const database = await PGlite.create({ ...started, dataDir, loadDataDir: await embeddedTemplate() });
  await rm(mark);
  return database;
}

/** It cannot tell why it fails: its program ends in the middle. */
const reopened = (dataDir: string): Promise<PGlite> =>
  PGlite.create({ ...started, dataDir }).catch((cause: unknown) => {
    throw new AppError('RECORDS_UNREADABLE', { cause });
  });

async function openEmbedded(
  database: PGlite,
  onError: (error: Error) => void,
  unlock: () => Promise<void>,
): Promise<Records> {
  await database.exec(`set search_path to ${SEARCH_PATH}`);
  const session = new EmbeddedSession(database);
  const pool = new pg.Pool({ stream: session.open, max: EMBEDDED_CLIENTS, keepAlive: true, allowExitOnIdle: true });
  const afterClose = async (): Promise<void> => {
    await database.close();
    await unlock();
  };
  return recordsOver({ kind: 'pglite', pool, onError, afterClose });
}
