/** What a holder does for a dataset in PostgreSQL: the statements to review, then after each load the keys and the epoch. */
import { type ApprovedViewPlan, approvedViewSql, type FillOutcome, fillRecordKeys } from '@revier/connector-sdk';
import { recordKeyer } from '@revier/core';
import { AppError, type DatasetDescription } from '@revier/schema';
import { type HeldEntry, NodeSettings, NoiseKey, nodeFiles } from './node-folder.ts';
import { modelOf } from './open-source.ts';
import { fitting, readJson, readText } from './read-files.ts';
import { writeSettings } from './write-node-folder.ts';

type ViewEntry = Extract<HeldEntry, { source: object }>;
export interface Approval extends Required<Pick<ApprovedViewPlan, 'source' | 'role' | 'columns'>> {
  readonly usable: string | undefined;
}

export interface Fill {
  /** Of a role that may read the view and write the tables of its keys and epoch; never the reading role. */
  readonly connectionString: string;
  /** The day of the data, as the description tells it. */
  readonly asOf: DatasetDescription['asOf'];
}

/** The SQL for the holder to review and run; it changes nothing. @throws AppError INVALID_REQUEST */
export async function approvalSql(folder: string, dataset: string, approval: Approval): Promise<string> {
  const { source, description } = viewEntry(await readSettings(folder), dataset);
  const { schema, view } = source;
  const { usable, ...named } = approval;
  const model = modelOf(description);
  const strange = Object.keys(named.columns).find((column) => model.variables.every(({ name }) => name !== column));
  if (strange !== undefined)
    throw new AppError('INVALID_REQUEST', { detail: `The data model has no variable ${strange}.`.slice(0, 1000) });
  return approvedViewSql({ schema, view, model, ...named, ...(usable === undefined ? {} : { usable }) });
}

/**
 * Fills the record keys, and describes the data as they are now: `node.json` gets their epoch. To be run after each load, before the
 * node is started again. @throws AppError INVALID_REQUEST, and what `fillRecordKeys` throws: then nothing has changed
 */
export async function fillSource(folder: string, dataset: string, fill: Fill): Promise<FillOutcome> {
  const settings = await readSettings(folder);
  const entry = viewEntry(settings, dataset);
  const { schema, view } = entry.source;
  const noiseKey = fitting(nodeFiles.noiseKey, NoiseKey, await readText(folder, nodeFiles.noiseKey));
  const described = (epoch: string): NodeSettings => ({
    ...settings,
    datasets: settings.datasets.map((one) =>
      one === entry ? { ...entry, description: { ...entry.description, epoch, asOf: fill.asOf } } : one,
    ),
  });
  // A day that is none is refused before anything is filled.
  fitting(nodeFiles.settings, NodeSettings, described(entry.description.epoch));
  const outcome = await fillRecordKeys({
    ...{ schema, view, model: modelOf(entry.description), connectionString: fill.connectionString },
    recordKey: recordKeyer(noiseKey, dataset),
  });
  await writeSettings(folder, described(outcome.epoch));
  return outcome;
}

const readSettings = (folder: string): Promise<NodeSettings> => readJson(folder, nodeFiles.settings, NodeSettings);

function viewEntry({ datasets }: NodeSettings, dataset: string): ViewEntry {
  const entry = datasets.find(({ description }) => description.id === dataset);
  if (entry !== undefined && 'source' in entry) return entry;
  throw new AppError('INVALID_REQUEST', {
    detail: `${nodeFiles.settings} names no PostgreSQL source for that dataset.`,
  });
}
