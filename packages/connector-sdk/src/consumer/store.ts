/** The registers of a participant, in its folder: `negotiations/<register>.json`, and how far the post was read. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type RegisterId } from '@revier/schema';
import type { z } from 'zod';
import { textOf, writeWhole } from '../files.ts';
import { withFolderLock } from './folder-lock.ts';
import { PostRecord, RegisterRecord } from './records.ts';

export interface RegisterStore {
  list(): Promise<RegisterRecord[]>;
  find(register: RegisterId): Promise<RegisterRecord | undefined>;
  put(record: RegisterRecord): Promise<void>;
  after(): Promise<number>;
  putAfter(after: number): Promise<void>;
  /** Alone in the folder. @throws AppError DATA_FOLDER_IN_USE */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

const POST = 'post.json';
const PREFIX = 'urn:revier:register:';
const fileOf = (register: RegisterId): string => `register-${register.slice(PREFIX.length)}.json`;

/** @throws AppError PROFILE_UNFIT for a file that nobody but us should have written */
export function registerStore(participantFolder: string): RegisterStore {
  const folder = join(participantFolder, 'negotiations');
  const make = () => mkdir(folder, { recursive: true, mode: 0o700 });
  const read = async <S extends z.ZodType>(name: string, schema: S): Promise<z.output<S> | undefined> => {
    const text = await textOf(join(folder, name));
    return text === undefined ? undefined : fitting(text, schema, name);
  };
  const write = async (name: string, value: unknown): Promise<void> => {
    await make();
    await writeWhole(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
  };
  return {
    async list() {
      await make();
      const names = (await readdir(folder)).filter((name) => /^register-[a-z0-9-]+\.json$/.test(name)).sort();
      const records = await Promise.all(names.map((name) => read(name, RegisterRecord)));
      return records.filter((record) => record !== undefined);
    },
    find: (register) => read(fileOf(register), RegisterRecord),
    put: (record) => write(fileOf(record.register), record),
    after: async () => (await read(POST, PostRecord))?.after ?? 0,
    putAfter: (after) => write(POST, { after }),
    alone: async (work) => {
      await make();
      return withFolderLock(folder, work);
    },
  };
}

function fitting<S extends z.ZodType>(text: string, schema: S, name: string): z.output<S> {
  const result = schema.safeParse(parsed(text));
  if (!result.success) throw new AppError('PROFILE_UNFIT', { detail: `negotiations/${name} does not fit.` });
  return result.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
