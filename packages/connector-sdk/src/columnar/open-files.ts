/** The register of open data files: one DuckDB instance for each file of this process, shared by whoever opens it again. */
import { stat } from 'node:fs/promises';
import type { DuckDBInstance } from '@duckdb/node-api';
import { type EngineLimits, startReader } from './engine.ts';

export interface OpenFile {
  readonly instance: DuckDBInstance;
  /** Tells one content of a path from the next that is swapped in. */
  readonly identity: string;
  /** To be called once; the last user closes the instance. */
  release(): Promise<void>;
}

interface Entry {
  readonly instance: Promise<DuckDBInstance>;
  users: number;
}

/** Opening and closing a file twice in one process drops its lock, hence one register for the whole process. */
const entries = new Map<string, Entry>();

/** Identity of the file that the path names now. Rejects where there is none. */
export async function fileIdentity(path: string): Promise<string> {
  const { dev, ino } = await stat(path, { bigint: true });
  return `${dev}:${ino}`;
}

async function leave(identity: string, entry: Entry): Promise<void> {
  entry.users -= 1;
  if (entry.users > 0) return;
  if (entries.get(identity) === entry) entries.delete(identity);
  const instance = await entry.instance.catch(() => null);
  instance?.closeSync();
}

function enter(identity: string, path: string, limits: EngineLimits): Entry {
  const known = entries.get(identity);
  const entry = known ?? { instance: startReader(path, limits), users: 0 };
  entry.users += 1;
  entries.set(identity, entry);
  return entry;
}

/** Opens the file that the path names now; the first to open a file sets its limits. */
export async function openFile(path: string, limits: EngineLimits): Promise<OpenFile> {
  const identity = await fileIdentity(path);
  const entry = enter(identity, path, limits);
  try {
    const instance = await entry.instance;
    // A file swapped in meanwhile would stand in the register under the wrong identity.
    if ((await fileIdentity(path)) === identity) return { instance, identity, release: () => leave(identity, entry) };
  } catch (cause) {
    await leave(identity, entry);
    throw cause;
  }
  await leave(identity, entry);
  return openFile(path, limits);
}
