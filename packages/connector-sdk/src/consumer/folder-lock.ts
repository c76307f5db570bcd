/** One at a time in a folder: a lock file with the process that holds it; what a dead process has left behind is taken away. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@revier/schema';
import { isMissing } from '../files.ts';

/** Others hold it for the time of a few messages. */
const PATIENCE_MS = 5_000;
const LOOK_EVERY_MS = 50;

/** @throws AppError DATA_FOLDER_IN_USE while another process works there */
export async function withFolderLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const file = join(folder, 'lock');
  await take(file, Date.now() + PATIENCE_MS);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string, until: number): Promise<void> {
  try {
    await writeFile(file, String(process.pid), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    if (Date.now() >= until) throw new AppError('DATA_FOLDER_IN_USE', { cause: error });
    if (await isHeld(file)) await sleep(LOOK_EVERY_MS);
    else await rm(file, { force: true });
    await take(file, until);
  }
}

async function isHeld(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  // Gone meanwhile. Empty: just made by somebody who is about to write into it.
  if (text === null) return false;
  if (!/^\d+$/.test(text)) return true;
  return isAlive(Number(text));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
