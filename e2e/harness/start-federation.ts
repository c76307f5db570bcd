/** A federation for one test file: a copy of the founded one, started, and gone afterwards. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folders } from '@revier/laptop';
import { inject } from 'vitest';
import { copyFolder } from './copy-folder.ts';
import { type Federation, type LayOptions, layFederation } from './federation.ts';
import { slugs } from './members.ts';

/** Not started yet. `stop` removes it, too. */
export async function copyFederation(options: Omit<LayOptions, 'folder'> = {}): Promise<Federation> {
  const folder = await mkdtemp(join(tmpdir(), 'revier-e2e-'));
  await copyFolder(inject('founded'), folder);
  await Promise.all(slugs.map((slug) => moved(folders(folder).node(slug))));
  const federation = await layFederation({ ...options, folder });
  return {
    ...federation,
    stop: async () => {
      await federation.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function startFederation(options: Omit<LayOptions, 'folder'> = {}): Promise<Federation> {
  const federation = await copyFederation(options);
  try {
    await federation.start();
    return federation;
  } catch (error) {
    await federation.stop();
    throw error;
  }
}

/** A copied node takes itself for restored, and rightly; here it has just been moved. */
export async function moved(node: string): Promise<void> {
  const file = join(node, 'mark.json');
  const mark: object = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...mark, birth: null }).padEnd(512));
}
