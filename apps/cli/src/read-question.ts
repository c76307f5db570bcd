/** Where questions come in: a file, or what is piped, as JSON that fits the schema. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { AppError, Question } from '@revier/schema';
import { UsageError } from './options.ts';
import type { Terminal } from './terminal.ts';

/** @throws UsageError when there is no JSON to read, AppError INVALID_REQUEST with pointers when it does not fit */
export async function readQuestion(file: string | undefined, terminal: Terminal): Promise<Question> {
  const read =
    file === undefined || file === '-' ? await readPiped(terminal) : await readNamed(resolve(terminal.cwd, file));
  const result = Question.safeParse(parse(read, file ?? '-'));
  if (result.success) return result.data;
  throw new AppError('INVALID_REQUEST', {
    detail: 'The question does not fit.',
    errors: result.error.issues.map(({ path, message }) => ({
      pointer: pointerOf(path),
      detail: message.slice(0, 500),
    })),
  });
}

async function readPiped({ stdin }: Terminal): Promise<string> {
  if (stdin.isTTY === true) throw new UsageError('Name a file with a question, or pipe one in.');
  return text(stdin);
}

async function readNamed(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read.`, { cause });
  }
}

function parse(json: string, file: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    const where = file === '-' ? 'What was piped in' : file;
    throw new UsageError(`${where} is not JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

/** RFC 6901. */
const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
