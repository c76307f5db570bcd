/** More than one broker process on a PostgreSQL server, and the broker as a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { generateKeyPair, signGeneral } from '@revier/connector-sdk';
import type { TrustList } from '@revier/schema';
import { createLogger, openRecords } from '@revier/service-kit';
import { areas, deprivation, smallDatasets, smallVocabulary, startPostgres } from '@revier/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { openBrokerFolder, writeBrokerFolder } from './folder.ts';
import { startBroker } from './start-broker.ts';
import { BROKER } from './testing/data-space.case.ts';
import { startFederation } from './testing/federation.case.ts';
import { scriptedNode } from './testing/scripted-node.case.ts';
import { builtIn, CITY_A, inhabitants } from './testing/two-cities.case.ts';

const postgres = await startPostgres();
afterAll(() => postgres?.stop());

const datasets = smallDatasets.filter(({ holder }) => holder === CITY_A);

async function folderOf(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'revier-broker-'));
  const { kid, publicKey, privateKey } = await generateKeyPair();
  const list: TrustList = {
    kind: 'trust-list',
    realm: 'test',
    version: 1,
    issued: new Date(Date.now() - 60_000).toISOString(),
    expires: new Date(Date.now() + 3_600_000).toISOString(),
    threshold: 1,
    signers: [kid],
    participants: [{ id: BROKER, name: 'Broker', roles: ['broker'], keys: [{ kid, key: publicKey }] }],
  };
  const listen = { host: '127.0.0.1', port: 0 };
  await writeBrokerFolder(folder, {
    settings: { participant: BROKER, realm: 'test', listen, pinnedSigners: [kid] },
    trustList: await signGeneral('revier-trust-list+jws', list, [privateKey]),
    privateKey,
  });
  return folder;
}

describe.skipIf(postgres === undefined)('on a PostgreSQL server', () => {
  const databaseUrl = postgres?.url ?? '';

  it('does not start before the records have been migrated by command', async () => {
    const folder = await folderOf();
    const options = await openBrokerFolder(folder, {
      logger: createLogger({ name: 'b', level: 'silent' }),
      databaseUrl,
    });
    await expect(startBroker(options)).rejects.toThrow(/not migrated: 0001/);
    await options.records.close();
    await rm(folder, { recursive: true });
  });

  it('two processes answer one query together, each hearing of what the other was told', async () => {
    const vocabulary = smallVocabulary(datasets);
    const documents = [areas, deprivation];
    const federation = await startFederation({ datasets, documents, vocabulary, question: inhabitants, databaseUrl });
    const second = await federation.second();
    await federation.publishAll();
    const node = scriptedNode(federation, CITY_A, builtIn);
    const erika = await federation.person('erika17');
    const poll = federation.asHolderAt(second.url, CITY_A).pollTasks(30);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const started = performance.now();
    const asked = federation.asPerson(erika).submit(await federation.sign(erika), { waitSeconds: 20 });
    const [sent] = await poll;
    if (sent === undefined) throw new Error('No task came.');
    const task = await node.open(sent);
    const { header, body } = await node.release(task);
    const signed = await federation.member(CITY_A).signer.sign('revier-release+jws', header);
    await federation.asHolderAt(second.url, CITY_A).sendRelease(task.task.taskId, signed, body);
    const { kind } = await asked;
    expect(kind).toBe('answer');
    expect(performance.now() - started).toBeLessThan(3000);
    await second.close();
    await federation.close();
  });
});

describe('the broker as a process', () => {
  it('serves from its folder, keeps others out of it, and ends gracefully when told to', async () => {
    const folder = await folderOf();
    const main = new URL('main.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [main], {
      env: { REVIER_FOLDER: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exit = once(child, 'exit');
    const url = await urlIn(child.stderr);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect((await fetch(`${url}/docs/`)).status).toBe(200);
    await expect(openRecords({ folder })).rejects.toThrow(expect.objectContaining({ code: 'DATA_FOLDER_IN_USE' }));
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    await rm(folder, { recursive: true });
  });
});

async function urlIn(stderr: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stderr.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    const url = /"url":"([^"]+)"/.exec(text)?.[1];
    if (url !== undefined) {
      stderr.resume();
      return url;
    }
  }
  throw new Error('The broker did not start.');
}
