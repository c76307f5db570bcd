/** Opens a node's folder: every file by its schema, faults named by file, and the data that the descriptions speak of. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type ColumnarSource, createSigner, openColumnar, PrivateKey } from '@revier/connector-sdk';
import { AppError, CompactJws, type DatasetDescription, GeneralJws } from '@revier/schema';
import { type Logger, openRecords, type Records } from '@revier/service-kit';
import type { z } from 'zod';
import type { NodeOptions } from '../node-options.ts';
import { NodeSettings, NoiseKey, nodeFiles } from './node-folder.ts';

export interface FolderSettings {
  readonly logger: Logger;
  /** Shared with other participants; stay the caller's. Without them the folder's own, or the server's, are opened. */
  readonly records?: Records;
  readonly databaseUrl?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface OpenedFolder {
  readonly options: NodeOptions;
  /** After the node: closes the sources, and the records where they were opened here. */
  close(): Promise<void>;
}

const LIMITS = { memoryLimitMb: 512, threads: 2 };

/** @throws AppError INVALID_REQUEST naming the file, DATA_UNREADABLE for data that are missing or of another epoch than described */
export async function openNodeFolder(folder: string, given: FolderSettings): Promise<OpenedFolder> {
  const settings = await readJson(folder, nodeFiles.settings, NodeSettings);
  const parts = await readParts(folder);
  const opened: ColumnarSource[] = [];
  const own = given.records === undefined ? await ownRecords(folder, given) : undefined;
  const close = async (): Promise<void> => {
    for (const source of opened) await source.close();
    await own?.close();
  };
  try {
    for (const { name, description } of settings.datasets) opened.push(await openSource(folder, name, description));
  } catch (error) {
    await close();
    throw error;
  }
  const datasets = settings.datasets.flatMap(({ description }, at) => {
    const source = opened[at];
    return source === undefined ? [] : [{ description, source }];
  });
  const records = given.records ?? own;
  if (records === undefined) throw new AppError('INTERNAL');
  const { participant, realm, pinnedSigners, broker, admin } = settings;
  const options: NodeOptions = {
    ...{ participant, realm, pinnedSigners, broker, admin, datasets, records, ...parts },
    schema: `node_${basename(folder).replaceAll(/[^a-z0-9]/g, '_')}`,
    logger: given.logger,
    stopFile: join(folder, nodeFiles.stop),
    ...(given.now === undefined ? {} : { now: given.now }),
  };
  return { options, close };
}

async function readParts(folder: string) {
  return {
    trustList: await readJson(folder, nodeFiles.trustList, GeneralJws),
    floor: fitting(nodeFiles.floor, CompactJws, (await readText(folder, nodeFiles.floor)).trim()),
    agreements: await readAll(folder, nodeFiles.agreements, (path) => readJson(folder, path, GeneralJws)),
    documents: await readAll(folder, nodeFiles.documents, async (path) =>
      fitting(path, CompactJws, (await readText(folder, path)).trim()),
    ),
    signer: await createSigner(await readJson(folder, nodeFiles.key, PrivateKey)),
    noiseKey: fitting(nodeFiles.noiseKey, NoiseKey, await readText(folder, nodeFiles.noiseKey)),
  };
}

const ownRecords = (folder: string, { databaseUrl, logger }: FolderSettings): Promise<Records> =>
  openRecords({
    ...(databaseUrl === undefined ? { folder: join(folder, nodeFiles.records) } : { databaseUrl }),
    onError: (error) => logger.warn({ err: error }, 'a connection to the records was lost'),
  });

/** What is described must be what is there: an epoch names the content. */
async function openSource(folder: string, name: string, { epoch }: DatasetDescription): Promise<ColumnarSource> {
  const source = await openColumnar({ folder: join(folder, nodeFiles.data), name, ...LIMITS });
  if (source.epoch === epoch) return source;
  await source.close();
  throw new AppError('DATA_UNREADABLE', { detail: `The description of ${name} is of another data epoch.` });
}

/** In the order of their names; a folder that is not there is empty. */
async function readAll<T>(folder: string, part: string, read: (path: string) => Promise<T>): Promise<T[]> {
  const names = await readdir(join(folder, part)).catch(() => []);
  const found: T[] = [];
  for (const name of names.filter((one) => /\.(json|jws)$/.test(one)).sort()) found.push(await read(join(part, name)));
  return found;
}

async function readText(folder: string, path: string): Promise<string> {
  try {
    return await readFile(join(folder, path), 'utf8');
  } catch (cause) {
    throw new AppError('INVALID_REQUEST', { detail: `${path} cannot be read.`, cause });
  }
}

async function readJson<S extends z.ZodType>(folder: string, path: string, schema: S): Promise<z.output<S>> {
  const text = await readText(folder, path);
  try {
    return fitting(path, schema, JSON.parse(text));
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('INVALID_REQUEST', { detail: `${path} is no JSON.` });
  }
}

/** Names file and place, never the content: it may be a key. */
function fitting<S extends z.ZodType>(path: string, schema: S, value: unknown): z.output<S> {
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
