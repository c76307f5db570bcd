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

/** Scratch names in use by this process: whatever else looks like scratch was left behind by a crash. */
const claimed = new Set<string>();
const scratchName = /^(.+\.[0-9a-f-]{36})\.(draft|draft\.wal|spill)$/;

/** A name of one's own beside the data file. DuckDB names spilled files alike everywhere: two instances must not share a folder. */
export interface Scratch {
  /** A data file in the making. */
  readonly draft: string;
  /** Folder for what exceeds the memory limit. */
  readonly spill: string;
  /** Removes both. */
  free(): Promise<void>;
}

export function dataFile({ folder, name }: StorePlace): string {
  if (!safeName.test(name)) throw new AppError('INTERNAL', { detail: 'The name of a data file is unfit.' });
  return join(folder, `${name}.duckdb`);
}

async function removeScratch(stem: string): Promise<void> {
  for (const end of ['draft', 'draft.wal', 'spill']) await rm(`${stem}.${end}`, { recursive: true, force: true });
}

export function claimScratch({ folder, name }: StorePlace): Scratch {
  const stem = join(folder, `${name}.${randomUUID()}`);
  claimed.add(stem);
  const free = async (): Promise<void> => {
    await removeScratch(stem);
    claimed.delete(stem);
  };
  return { draft: `${stem}.draft`, spill: `${stem}.spill`, free };
}

async function removeLeftovers({ folder, name }: StorePlace): Promise<void> {
  for (const entry of await readdir(folder)) {
    const stem = scratchName.exec(entry)?.[1];
    const ours = stem?.length === name.length + 37 && stem.startsWith(`${name}.`);
    if (ours && !claimed.has(join(folder, stem))) await removeScratch(join(folder, stem));
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
export async function replaceDataFile<T>(place: StorePlace, write: (scratch: Scratch) => Promise<T>): Promise<T> {
  const target = dataFile(place);
  await mkdir(place.folder, { recursive: true, mode: 0o700 });
  await removeLeftovers(place);
  const scratch = claimScratch(place);
  try {
    const outcome = await write(scratch);
    await flush(scratch.draft);
    await rename(scratch.draft, target);
    await flush(place.folder);
    return outcome;
  } finally {
    await scratch.free();
  }
}
