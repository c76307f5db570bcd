/** The register of open data files: one DuckDB instance for each file of this process, shared by whoever opens it again. */
import { stat } from 'node:fs/promises';
import type { DuckDBInstance } from '@duckdb/node-api';
import { type EngineLimits, startReader } from './engine.ts';
import { claimScratch, dataFile, type Scratch, type StorePlace } from './store-files.ts';

export interface OpenFile {
  readonly instance: DuckDBInstance;
  /** Tells one content of a path from the next that is swapped in. */
  readonly identity: string;
  /** To be called once; the last user closes the instance. */
  release(): Promise<void>;
}

interface Entry {
  readonly instance: Promise<DuckDBInstance>;
  readonly scratch: Scratch;
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
  await entry.scratch.free();
}

function start(place: StorePlace, limits: EngineLimits): Entry {
  const scratch = claimScratch(place);
  return { instance: startReader(dataFile(place), scratch.spill, limits), scratch, users: 0 };
}

function enter(identity: string, place: StorePlace, limits: EngineLimits): Entry {
  const entry = entries.get(identity) ?? start(place, limits);
  entry.users += 1;
  entries.set(identity, entry);
  return entry;
}

/** Opens the file that the path names now; the first to open a file sets its limits. */
export async function openFile(place: StorePlace, limits: EngineLimits): Promise<OpenFile> {
  const path = dataFile(place);
  const identity = await fileIdentity(path);
  const entry = enter(identity, place, limits);
  try {
    const instance = await entry.instance;
    // A file swapped in meanwhile would stand in the register under the wrong identity.
    if ((await fileIdentity(path)) === identity) return { instance, identity, release: () => leave(identity, entry) };
  } catch (cause) {
    await leave(identity, entry);
    throw cause;
  }
  await leave(identity, entry);
  return openFile(place, limits);
}
