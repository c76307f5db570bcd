/** One process per data folder: a lock file with pid and start time, because nothing else guards an embedded database. */
import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@revier/schema';
import { z } from 'zod';
import { processPlace, processStart } from './process-start.ts';

const LOCK = 'revier.lock';
/** A holder on another host or in another container cannot be looked up; it is alive while it touches its file. */
const HEARTBEAT_MS = 5_000;
const SILENT_MS = 30_000;
const TAKEOVER_MS = 10_000;

const Holder = z.object({ pid: z.int(), started: z.string(), place: z.string(), token: z.string() });
type Holder = z.infer<typeof Holder>;

/**
 * Takes the folder or throws DATA_FOLDER_IN_USE; the returned function gives it back. A lock whose process is dead, or
 * whose pid now belongs to another process, is taken over.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, LOCK);
  const token = randomUUID();
  const content = JSON.stringify({
    pid: process.pid,
    started: await processStart(process.pid),
    place: await processPlace(),
    token,
  });
  if (!(await created(file, content))) await takeOver(file, content);
  const heartbeat = setInterval(() => {
    const now = new Date();
    // A failed touch is not a reason to stop: a holder on this host is found by its pid.
    utimes(file, now, now).catch(() => {});
  }, HEARTBEAT_MS).unref();
  return async () => {
    clearInterval(heartbeat);
    if ((await readHolder(file))?.token === token) await rm(file, { force: true });
  };
}

/** Only one process at a time may judge and replace a stale lock, else two could both win. */
async function takeOver(file: string, content: string): Promise<void> {
  const gate = `${file}.takeover`;
  if (await isOlder(gate, TAKEOVER_MS)) await rm(gate, { force: true });
  if (!(await created(gate, ''))) throw inUse();
  try {
    if (await isHeld(file)) throw inUse();
    const draft = `${file}.new`;
    await writeFile(draft, content, { mode: 0o600 });
    await rename(draft, file);
  } finally {
    await rm(gate, { force: true });
  }
}

async function isHeld(file: string): Promise<boolean> {
  const holder = await readHolder(file);
  // Unreadable: either being written at this moment, or left by a crash in the middle of writing.
  if (holder === undefined) return !(await isOlder(file, TAKEOVER_MS));
  if (holder.place !== (await processPlace())) return !(await isOlder(file, SILENT_MS));
  return holder.started === (await processStart(holder.pid));
}

const inUse = (): AppError => new AppError('DATA_FOLDER_IN_USE');

async function created(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return Holder.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

async function isOlder(file: string, ageMs: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs > ageMs;
  } catch {
    return false;
  }
}
