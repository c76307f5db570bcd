/** A node's folder: it is all that a node needs, it keeps its keys, and its faults are named by file. */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importColumns } from '@revier/connector-sdk';
import { recordKeyer } from '@revier/core';
import { AppError } from '@revier/schema';
import { openRecords, type Records } from '@revier/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNode } from '../start-node.ts';
import { countQuestion, type Federation, startFederation } from '../testing/federation.case.ts';
import { NOISE_KEY } from '../testing/ruhr.case.ts';
import { openNodeFolder } from './open-node-folder.ts';
import { writeNodeFolder } from './write-node-folder.ts';

let federation: Federation;
let folder: string;
beforeAll(async () => {
  federation = await startFederation();
  // The node of the folder takes its place.
  await federation.nodes.get('registry')?.close();
  folder = await mkdtemp(join(tmpdir(), 'revier-folder-'));
});
afterAll(async () => {
  await federation?.close();
  await rm(folder, { recursive: true, force: true });
});

const faultOf = async (opening: Promise<unknown>): Promise<AppError> => {
  const fault = await opening.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (fault instanceof AppError) return fault;
  throw new Error('it has opened, or failed without a code', { cause: fault });
};

describe('the folder', () => {
  let records: Records;
  beforeAll(async () => {
    records = await openRecords({ memory: true });
  });
  afterAll(() => records.close());

  async function write(change: { epoch?: string } = {}) {
    const place = join(folder, 'registry');
    const registry = federation.parties.holder('registry');
    const [held] = federation.ruhr.holders;
    if (held === undefined) throw new Error('nothing is held');
    const { epoch } = await importColumns({
      ...held.imported,
      folder: join(place, 'data'),
      name: 'cases',
      recordKey: recordKeyer(NOISE_KEY, 'urn:revier:dataset:registry'),
    });
    const options = federation.nodeOptions('registry');
    const { participant, realm, broker } = options;
    await writeNodeFolder(place, {
      participant,
      realm,
      broker,
      pinnedSigners: [...options.pinnedSigners],
      admin: { host: '127.0.0.1', port: 0 },
      datasets: [{ name: 'cases', description: { ...held.description, epoch, ...change } }],
      trustList: options.trustList,
      floor: options.floor,
      agreements: options.agreements,
      documents: options.documents ?? [],
      privateKey: registry.privateKey,
      noiseKey: NOISE_KEY,
    });
    return place;
  }

  it('is all that a node needs', async () => {
    const opened = await openNodeFolder(await write(), { logger: federation.nodeOptions('registry').logger, records });
    const node = await startNode(opened.options);
    expect(opened.options.noiseKey).toEqual(NOISE_KEY);
    await federation.released(await federation.give('registry', await federation.ask(countQuestion)));
    await node.close();
    await opened.close();
  });

  it('keeps its keys from other users of the machine', async () => {
    const place = await write();
    for (const name of ['key.jwk', 'noise.key', 'node.json'])
      expect((await stat(join(place, name))).mode & 0o077).toBe(0);
    expect((await readdir(place)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('with data of another epoch than described is not opened', async () => {
    const place = await write({ epoch: '0000000000000000' });
    const opening = openNodeFolder(place, { logger: federation.nodeOptions('registry').logger, records });
    expect((await faultOf(opening)).code).toBe('DATA_UNREADABLE');
  });

  it('with a broken file says which one, and not what is in it', async () => {
    const place = await write();
    await writeFile(join(place, 'noise.key'), 'secretsecret');
    const fault = await faultOf(openNodeFolder(place, { logger: federation.nodeOptions('registry').logger, records }));
    expect(fault.message).toContain('noise.key');
    expect(fault.message).not.toContain('secretsecret');
  });
});
