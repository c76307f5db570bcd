/** The way to a node on this machine: its folder says where the admin port listens, and what it is called. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemError } from '@revier/connector-sdk';
import { AppError, OpenStop, ParticipantId, Problem, Realm } from '@revier/schema';
import { z } from 'zod';
import { type Context, folderOf } from '../context.ts';
import { UsageError } from '../options.ts';

/** Files of a node's folder that the command line knows. */
export const nodeFiles = { settings: 'node.json', admin: 'admin.json', stop: 'STOP', people: 'people.json' } as const;

const Settings = z.looseObject({ participant: ParticipantId, realm: Realm });
export const AdminFile = z.object({ url: z.url() });
export const StatusOfNode = z.looseObject({
  participant: ParticipantId,
  realm: Realm,
  state: z.string(),
  stop: OpenStop.nullable(),
});

export interface NodeAtHand {
  readonly folder: string;
  readonly participant: ParticipantId;
  readonly realm: Realm;
  /** @throws ProblemError for what the node refuses, AppError NODE_UNREACHABLE when no process answers */
  get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>>;
  post<S extends z.ZodType>(path: string, body: unknown, schema: S): Promise<z.output<S>>;
}

/** By `--folder`, else REVIER_FOLDER. */
export async function nodeAtHand(context: Context): Promise<NodeAtHand> {
  const folder = folderOf(context);
  const { participant, realm } = await readFileAs(join(folder, nodeFiles.settings), Settings);
  const call = async <S extends z.ZodType>(path: string, schema: S, body?: unknown): Promise<z.output<S>> => {
    const { url } = await readFileAs(join(folder, nodeFiles.admin), AdminFile).catch(() => ({ url: undefined }));
    if (url === undefined) throw new AppError('NODE_UNREACHABLE');
    const reply = await replyOf(`${url}${path}`, { body, signal: AbortSignal.timeout(PATIENCE_MS) });
    return schema.parse(await reply.json());
  };
  return {
    ...{ folder, participant, realm },
    get: (path, schema) => call(path, schema),
    post: (path, body, schema) => call(path, schema, body),
  };
}

/** A stop may have to wait for a statement that the engine is slow to end. */
const PATIENCE_MS = 20_000;

interface ToSend {
  readonly token?: string;
  /** JSON; without one, nothing but the path is asked for. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** @throws AppError NODE_UNREACHABLE, ProblemError for what is refused */
export async function replyOf(url: string, { token, body, signal }: ToSend): Promise<Response> {
  const reply = await fetch(url, {
    ...(signal === undefined ? {} : { signal }),
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  }).catch((cause: unknown) => {
    throw new AppError('NODE_UNREACHABLE', { cause });
  });
  if (reply.ok) return reply;
  throw new ProblemError(Problem.parse(await reply.json()));
}

/** @throws UsageError naming the file, never what is in it */
export async function readFileAs<S extends z.ZodType>(file: string, schema: S): Promise<z.output<S>> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError(`${file} cannot be read.`);
  });
  const found = schema.safeParse(jsonIn(text));
  if (!found.success) throw new UsageError(`${file} is not what is expected here.`);
  return found.data;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const writeJson = (file: string, value: unknown): Promise<void> =>
  writeFile(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
