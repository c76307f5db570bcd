/** The data of a federation that is founded: made or read, checked, and stored with each holder. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { importColumns } from '@revier/connector-sdk';
import { recordKeyer } from '@revier/core';
import type { DatasetDescription } from '@revier/schema';
import { datasetId, describeDataset, storedCodes } from './describe-dataset.ts';
import type { FederationSpec, HolderSpec } from './federation-spec.ts';
import { folders } from './folders.ts';
import { words } from './words.ts';

export interface Importing {
  readonly spec: FederationSpec;
  readonly folder: string;
  readonly lang: keyof typeof words;
  readonly say: (text: string) => void;
}

export interface Imported {
  readonly noiseKey: Uint8Array;
  readonly descriptions: readonly DatasetDescription[];
}

/** While the engine sorts and stores the data of one holder, those of the next are checked. */
const IMPORTS_AT_ONCE = 3;

export async function importAll(founding: Importing): Promise<ReadonlyMap<string, Imported>> {
  const imported = new Map<string, Imported>();
  const waiting = [...founding.spec.holders];
  const importNext = async (): Promise<void> => {
    for (let holder = waiting.shift(); holder !== undefined; holder = waiting.shift())
      imported.set(holder.id, await importHolder(founding, holder));
  };
  await Promise.all(Array.from({ length: IMPORTS_AT_ONCE }, importNext));
  return imported;
}

async function importHolder({ spec, folder, lang, say }: Importing, holder: HolderSpec): Promise<Imported> {
  const noiseKey = new Uint8Array(randomBytes(32));
  const data = join(folders(folder).node(holder.slug), 'data');
  const descriptions: DatasetDescription[] = [];
  for (const dataset of holder.datasets) {
    const outcome = await importColumns({
      folder: data,
      name: dataset.name,
      model: dataset.model,
      grain: storedCodes(spec, dataset),
      ...(dataset.impossible === undefined ? {} : { impossible: dataset.impossible }),
      batches: dataset.columns(),
      recordKey: recordKeyer(noiseKey, datasetId(dataset)),
    });
    if (outcome.rejectedTotal > 0)
      throw new Error(`${outcome.rejectedTotal} records of ${dataset.name} do not fit the data model.`);
    say(words[lang].imported(holder.name, dataset.title[lang], outcome.rows));
    descriptions.push(describeDataset(holder, dataset, outcome.epoch));
  }
  return { noiseKey, descriptions };
}
