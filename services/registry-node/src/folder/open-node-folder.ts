/** Opens a node's folder: every file by its schema, faults named by file, and the data that the descriptions speak of. */
import { access, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createSigner, type DataSource, PrivateKey } from '@revier/connector-sdk';
import {
  AppError,
  CompactJws,
  type DatasetDescription,
  FirstPeople,
  GeneralJws,
  type Person,
  PolicyOffer,
} from '@revier/schema';
import { assertGuardsOn, type Logger, openRecords, type Records } from '@revier/service-kit';
import type { OfferTemplate } from '../inbox/room.ts';
import type { NodeOptions } from '../node-options.ts';
import { NodeSettings, NoiseKey, nodeFiles } from './node-folder.ts';
import { openSource } from './open-source.ts';
import { fitting, readJson, readText } from './read-files.ts';

export interface FolderSettings {
  readonly logger: Logger;
  /** Shared with other participants; stay the caller's. Without them the folder's own, or the server's, are opened. */
  readonly records?: Records;
  readonly databaseUrl?: string | undefined;
  /** Of the role that reads approved views, for datasets in the holder's own PostgreSQL. */
  readonly sourceUrl?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface OpenedFolder {
  readonly options: NodeOptions;
  /** After the node: closes the sources, and the records where they were opened here. */
  close(): Promise<void>;
}

/**
 * @throws AppError INVALID_REQUEST naming the file, DATA_UNREADABLE for data that are missing or of another epoch than described,
 * VIEW_UNFIT for a view or a role that is not as it has to be, FORBIDDEN for a build with guards off in production
 */
export async function openNodeFolder(folder: string, given: FolderSettings): Promise<OpenedFolder> {
  const settings = await readJson(folder, nodeFiles.settings, NodeSettings);
  assertGuardsOn(settings.realm);
  const parts = await readParts(folder);
  const datasets: { description: DatasetDescription; source: DataSource }[] = [];
  const own = given.records === undefined ? await ownRecords(folder, given) : undefined;
  const close = async (): Promise<void> => {
    for (const { source } of datasets) await source.close();
    await own?.close();
  };
  const places = { folder, sourceUrl: given.sourceUrl };
  try {
    for (const entry of settings.datasets)
      datasets.push({ description: entry.description, source: await openSource(entry, places) });
  } catch (error) {
    await close();
    throw error;
  }
  const records = given.records ?? own;
  if (records === undefined) throw new AppError('INTERNAL');
  const { participant, realm, pinnedSigners, broker, admin, openingsKeptDays, opinionRequired, latticeIsAdvice } =
    settings;
  const options: NodeOptions = {
    ...{ participant, realm, pinnedSigners, broker, admin, datasets, records, ...parts },
    openingsKeptDays,
    inbox: { opinionRequired, latticeIsAdvice, templates: await readTemplates(folder) },
    schema: `node_${basename(folder).replaceAll(/[^a-z0-9]/g, '_')}`,
    logger: given.logger,
    stopFile: join(folder, nodeFiles.stop),
    markFile: join(folder, nodeFiles.mark),
    adminFile: join(folder, nodeFiles.admin),
    firstPeople: await readPeople(folder),
    toldLists: join(folder, nodeFiles.toldLists),
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

/** Who has enrolled nobody yet has no such file. */
async function readPeople(folder: string): Promise<readonly Person[]> {
  const there = await access(join(folder, nodeFiles.people)).then(
    () => true,
    () => false,
  );
  return there ? (await readJson(folder, nodeFiles.people, FirstPeople)).people : [];
}

const readTemplates = (folder: string): Promise<OfferTemplate[]> =>
  readAll(folder, nodeFiles.templates, async (path) => ({
    name: basename(path),
    offer: await readJson(folder, path, PolicyOffer),
  }));

/** In the order of their names; a folder that is not there is empty. */
async function readAll<T>(folder: string, part: string, read: (path: string) => Promise<T>): Promise<T[]> {
  const names = await readdir(join(folder, part)).catch(() => []);
  const found: T[] = [];
  for (const name of names.filter((one) => /\.(json|jws)$/.test(one)).sort()) found.push(await read(join(part, name)));
  return found;
}
