/** A holder of a federation that is down imports its rows anew, with some changed, and describes the new data epoch. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Columns, importColumns, writeWhole } from '@revier/connector-sdk';
import { recordKeyer } from '@revier/core';
import { NodeSettings, nodeFiles } from '@revier/registry-node';
import { datasetId, storedCodes } from '../describe-dataset.ts';
import type { FederationSpec } from '../federation-spec.ts';
import { folders } from '../folders.ts';

/** The first dataset of a holder. @param change of all rows that were imported first. @returns its new epoch */
export async function importAgain(
  spec: FederationSpec,
  folder: string,
  slug: string,
  change: (rows: Columns) => Columns,
): Promise<string> {
  const dataset = spec.holders.find((holder) => holder.slug === slug)?.datasets[0];
  if (dataset === undefined) throw new Error(`nobody is called ${slug}`);
  const place = folders(folder).node(slug);
  const noiseKey = Buffer.from((await readFile(join(place, nodeFiles.noiseKey), 'utf8')).trim(), 'hex');
  const { epoch, rejectedTotal } = await importColumns({
    ...{ folder: join(place, nodeFiles.data), name: dataset.name, model: dataset.model },
    grain: storedCodes(spec, dataset),
    ...(dataset.impossible === undefined ? {} : { impossible: dataset.impossible }),
    batches: [change(allOf(dataset.columns()))],
    recordKey: recordKeyer(noiseKey, datasetId(dataset)),
  });
  if (rejectedTotal > 0) throw new Error('records do not fit');
  const file = join(place, nodeFiles.settings);
  const settings = NodeSettings.parse(JSON.parse(await readFile(file, 'utf8')));
  const datasets = settings.datasets.map((entry) =>
    entry.description.id === datasetId(dataset) ? { ...entry, description: { ...entry.description, epoch } } : entry,
  );
  await writeWhole(file, JSON.stringify({ ...settings, datasets }));
  return epoch;
}

function allOf(batches: Iterable<Columns>): Columns {
  const all: Record<string, (string | number | null)[]> = {};
  for (const batch of batches)
    for (const [name, values] of Object.entries(batch)) all[name] = [...(all[name] ?? []), ...values];
  return all;
}
