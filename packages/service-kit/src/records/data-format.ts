/** The format of a data folder: a program refuses a folder that a newer one has written. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@revier/schema';
import { z } from 'zod';

/** Raise it when an older program could no longer read the folder safely. */
export const DATA_FORMAT = 1;

const Format = z.object({ format: z.int().min(1) });

/** Marks a new folder with the current format; throws DATA_FOLDER_NEWER for one of a newer format. */
export async function checkFormat(folder: string): Promise<void> {
  const file = join(folder, 'format.json');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return mark(file);
  const { format } = readFormat(text);
  if (format > DATA_FORMAT) {
    throw new AppError('DATA_FOLDER_NEWER', {
      detail: `The folder has format ${format}, this program reads up to ${DATA_FORMAT}.`,
    });
  }
}

async function mark(file: string): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, `${JSON.stringify({ format: DATA_FORMAT })}\n`, { mode: 0o600 });
  await rename(draft, file);
}

function readFormat(text: string): z.infer<typeof Format> {
  try {
    return Format.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('DATA_FOLDER_NEWER', { detail: 'format.json in the data folder cannot be read.', cause });
  }
}
