/** Reads the files of a folder by their schemas; faults name the file, never what is in it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@revier/schema';
import type { z } from 'zod';

export async function readText(folder: string, path: string): Promise<string> {
  try {
    return await readFile(join(folder, path), 'utf8');
  } catch (cause) {
    throw new AppError('INVALID_REQUEST', { detail: `${path} cannot be read.`, cause });
  }
}

export async function readJson<S extends z.ZodType>(folder: string, path: string, schema: S): Promise<z.output<S>> {
  const text = await readText(folder, path);
  try {
    return fitting(path, schema, JSON.parse(text));
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('INVALID_REQUEST', { detail: `${path} is no JSON.` });
  }
}

/** Names file and place, never the content: it may be a key. */
export function fitting<S extends z.ZodType>(path: string, schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, 50).map((issue) => ({
    pointer: `/${issue.path.map(String).join('/')}`.slice(0, 500),
    detail: issue.message.slice(0, 500),
  }));
  const places = errors.map(({ pointer }) => pointer).join(', ');
  throw new AppError('INVALID_REQUEST', {
    detail: `${path} does not fit its schema at ${places}.`.slice(0, 1000),
    errors,
  });
}
