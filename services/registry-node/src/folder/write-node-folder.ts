/** Writes a node's folder; data and records in it are left alone. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '@revier/connector-sdk';
import { type GivenSettings, type NodeFolder, nodeFiles } from './node-folder.ts';

/** Keys and everything else can be read by the owner alone; a file takes the place of the old one whole. */
export async function writeNodeFolder(folder: string, content: NodeFolder): Promise<void> {
  const { trustList, floor, agreements, documents = [], privateKey, noiseKey, people = [], ...settings } = content;
  await mkdir(join(folder, nodeFiles.data), { recursive: true, mode: 0o700 });
  await writeSettings(folder, settings);
  await writeWhole(join(folder, nodeFiles.trustList), pretty(trustList));
  await rm(join(folder, nodeFiles.toldLists), { force: true });
  await writeWhole(join(folder, nodeFiles.floor), `${floor}\n`);
  await writeWhole(join(folder, nodeFiles.key), pretty(privateKey));
  await writeWhole(join(folder, nodeFiles.noiseKey), `${Buffer.from(noiseKey).toString('hex')}\n`);
  if (people.length > 0) await writeWhole(join(folder, nodeFiles.people), pretty({ people }));
  await writeAll(join(folder, nodeFiles.agreements), agreements.map(pretty), 'json');
  await writeAll(join(folder, nodeFiles.documents), documents, 'jws');
}

export const writeSettings = (folder: string, settings: Readonly<GivenSettings>): Promise<void> =>
  writeWhole(join(folder, nodeFiles.settings), pretty(settings));

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** An agreement that is no longer given must not stay in force. */
async function writeAll(folder: string, texts: readonly string[], extension: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  for (const [at, text] of texts.entries())
    await writeWhole(join(folder, `${String(at + 1).padStart(4, '0')}.${extension}`), text);
}
