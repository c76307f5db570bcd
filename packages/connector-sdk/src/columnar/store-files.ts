/** The shelf: where the columns of a dataset lie, and how a new file takes the place of the old one at once. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@revier/schema';

export interface StorePlace {
  readonly folder: string;
  /** Name of the dataset: lower-case letters, digits, dots and hyphens. */
  readonly name: string;
}

const safeName = /^[a-z0-9][a-z0-9.-]{0,119}$/;

/** Drafts being written by this process: everything else that looks like a draft was left behind by a crash. */
const writing = new Set<string>();

export function dataFile({ folder, name }: StorePlace): string {
  if (!safeName.test(name)) throw new AppError('INTERNAL', { detail: 'The name of a data file is unfit.' });
  return join(folder, `${name}.duckdb`);
}

async function removeDraft(file: string): Promise<void> {
  for (const path of [file, `${file}.wal`, `${file}.spill`]) await rm(path, { recursive: true, force: true });
}

async function removeLeftovers(place: StorePlace): Promise<void> {
  const stamp = /^(.+)\.[0-9a-f-]{36}\.draft(\.wal|\.spill)?$/;
  for (const entry of await readdir(place.folder)) {
    const path = join(place.folder, entry.replace(/\.(wal|spill)$/, ''));
    if (stamp.exec(entry)?.[1] === place.name && !writing.has(path)) await removeDraft(path);
  }
}

/** Makes the data durable before their name says that they are there. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Lets `write` fill a draft beside the data file and swaps it in when that went well; readers of the old file keep it.
 * A draft that failed is removed and the old file stays in use. `write` must have closed the draft when it returns.
 */
export async function replaceDataFile<T>(place: StorePlace, write: (draft: string) => Promise<T>): Promise<T> {
  const target = dataFile(place);
  await mkdir(place.folder, { recursive: true, mode: 0o700 });
  await removeLeftovers(place);
  const draft = join(place.folder, `${place.name}.${randomUUID()}.draft`);
  writing.add(draft);
  try {
    const outcome = await write(draft);
    await flush(draft);
    await rename(draft, target);
    await flush(place.folder);
    return outcome;
  } finally {
    await removeDraft(draft);
    writing.delete(draft);
  }
}
