/** The same federation with its records on a PostgreSQL server: migrated by command, never at the start, and with the same answer. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateBroker, openBrokerFolder, startBroker } from '@revier/broker';
import { ask, loadProfile, writeProfile } from '@revier/cli';
import { migrateNode, openNodeFolder, startNode } from '@revier/registry-node';
import { createLogger } from '@revier/service-kit';
import { startPostgres, type TestPostgres } from '@revier/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agreeRegisters } from './agree-registers.ts';
import { folders } from './folders.ts';
import { foundFederation } from './found-federation.ts';
import { readQuestion } from './questions.ts';
import { ruhrFederation } from './ruhr-federation.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const spec = ruhrFederation(20_000);
const postgres: TestPostgres | undefined = await startPostgres();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revier-server-'));
  await foundFederation({
    spec,
    folder,
    options: { persons: 20_000 },
    now: new Date(),
    lang: 'en',
    say: () => undefined,
  });
});

afterAll(async () => {
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(postgres === undefined)('records on a server', () => {
  const databaseUrl = postgres?.url;
  const nodeFolder = (slug: string) => openNodeFolder(folders(folder).node(slug), { logger, databaseUrl });

  it('are not touched by a start: broker and node say that they have to be migrated', async () => {
    const settings = await openBrokerFolder(folders(folder).broker, { logger, databaseUrl });
    await expect(startBroker({ ...settings, listen: { host: '127.0.0.1', port: 0 } })).rejects.toThrow(/migrat/);
    await settings.records.close();
    const opened = await nodeFolder('krebsregister');
    await expect(startNode(opened.options)).rejects.toThrow(/migrat/);
    await opened.close();
  });

  it('serve a whole federation once they are', async () => {
    const settings = await openBrokerFolder(folders(folder).broker, { logger, databaseUrl });
    await migrateBroker(settings.records);
    const broker = await startBroker({ ...settings, listen: { host: '127.0.0.1', port: 0 } });
    const opened = await Promise.all(spec.holders.map(({ slug }) => nodeFolder(slug)));
    for (const { options } of opened) await migrateNode(options.records, options.schema);
    const nodes = await Promise.all(
      opened.map(({ options }) => startNode({ ...options, broker: { ...options.broker, url: broker.url } })),
    );
    await Promise.all(nodes.map((node) => node.published()));
    await agreeRegisters({ spec, folder, url: broker.url, from: new Date() });
    const answer = await ask(await profileFor(broker.url), readQuestion('return-to-work.json'));
    expect(answer.state).toBe('complete');
    expect(answer.holders.map(({ status }) => status)).toEqual(['answered', 'answered', 'answered', 'answered']);
    expect(answer.cells.some(({ measures }) => measures.returnedShare?.status === 'value')).toBe(true);
    await Promise.all(nodes.map((node) => node.close()));
    await broker.close();
    await Promise.all(opened.map((one) => one.close()));
    await settings.records.close();
  });
});

/** The profile of the founding, told where this broker listens. */
async function profileFor(url: string) {
  const own = folders(folder).user;
  const { key: _key, credential: _credential, ...rest } = JSON.parse(await readFile(join(own, 'profile.json'), 'utf8'));
  const file = await writeProfile(join(folder, 'reader'), {
    ...rest,
    broker: url,
    credential: (await readFile(join(own, 'credential.jws'), 'utf8')).trim(),
    privateKey: JSON.parse(await readFile(join(own, 'key.jwk'), 'utf8')),
  });
  return loadProfile({ file, cwd: folder, home: folder });
}
