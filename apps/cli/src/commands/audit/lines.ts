/** The lines of an exported log; a file that is none is a fault of calling, and says nothing about any log. */
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ExportLine } from '@revier/schema';
import type { Context } from '../../context.ts';
import { UsageError } from '../../options.ts';

/** @throws UsageError for a file that cannot be read, or whose first line does not say whose log it is */
export async function* linesOf({ terminal: { cwd } }: Context, file: string): AsyncGenerator<string> {
  const unreadable = (cause: unknown): never => {
    throw new UsageError(`${file} cannot be read.`, { cause });
  };
  const handle = await open(resolve(cwd, file)).catch(unreadable);
  try {
    let first = true;
    for await (const line of readLines(handle, unreadable)) {
      if (first && !saysWhose(line)) throw new UsageError(`${file} is no exported log.`);
      first = false;
      yield line;
    }
    if (first) throw new UsageError(`${file} is empty.`);
  } finally {
    await handle.close();
  }
}

async function* readLines(handle: FileHandle, unreadable: (cause: unknown) => never): AsyncGenerator<string> {
  try {
    yield* handle.readLines({ autoClose: false });
  } catch (cause) {
    unreadable(cause);
  }
}

function saysWhose(line: string): boolean {
  try {
    return ExportLine.parse(JSON.parse(line)).kind === 'log';
  } catch {
    return false;
  }
}
