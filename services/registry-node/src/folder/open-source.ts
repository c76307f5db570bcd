/** Opens the data that a description speaks of, in the columnar store or in the holder's own PostgreSQL; another epoch is refused. */
import { join } from 'node:path';
import { type DataSource, openColumnar, openPostgres } from '@revier/connector-sdk';
import { contentHash } from '@revier/core';
import { AppError, builtInModels, type DataModel, type DatasetDescription } from '@revier/schema';
import { type HeldEntry, nodeFiles } from './node-folder.ts';

export interface SourcePlaces {
  /** The node's folder. */
  readonly folder: string;
  /** Of the reading role, for datasets in the holder's PostgreSQL. */
  readonly sourceUrl?: string | undefined;
}

const LIMITS = { memoryLimitMb: 512, threads: 2 };

/** @throws AppError DATA_UNREADABLE or VIEW_UNFIT with what is to be done, INVALID_REQUEST for a model or an address that is missing */
export async function openSource(entry: HeldEntry, places: SourcePlaces): Promise<DataSource> {
  const opening = 'source' in entry ? openView(entry, places) : openFile(entry, places);
  const source = await opening.catch((error: unknown) => {
    throw ofDataset(entry.description.id, error);
  });
  if (source.epoch === entry.description.epoch) return source;
  await source.close();
  throw new AppError('DATA_UNREADABLE', {
    detail: `The description of ${entry.description.id} is of another data epoch: describe the data as they are now.`,
  });
}

/** A holder reads one line: it says which dataset, and every fault. */
function ofDataset(id: string, error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const { errors = [] } = error.options;
  const faults =
    errors.length === 0 ? error.message : errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join(' ');
  return new AppError(error.code, { detail: `${id} cannot be opened. ${faults}`.slice(0, 1000), errors });
}

const openFile = ({ name }: Extract<HeldEntry, { name: string }>, { folder }: SourcePlaces) =>
  openColumnar({ folder: join(folder, nodeFiles.data), name, ...LIMITS });

async function openView({ source, description }: Extract<HeldEntry, { source: object }>, { sourceUrl }: SourcePlaces) {
  if (sourceUrl === undefined)
    throw new AppError('INVALID_REQUEST', {
      detail: `${description.id} lies in PostgreSQL: set REVIER_SOURCE_URL, or REVIER_SOURCE_URL_FILE.`,
    });
  const { schema, view } = source;
  return openPostgres({ schema, view, model: modelOf(description), connectionString: sourceUrl });
}

/** The very model that is described. @throws AppError INVALID_REQUEST */
export function modelOf({ id, model, modelHash }: DatasetDescription): DataModel {
  const found = builtInModels.find((one) => one.id === model);
  if (found !== undefined && contentHash(found) === modelHash) return found;
  throw new AppError('INVALID_REQUEST', { detail: `The data model of ${id} is not one that this node knows.` });
}
