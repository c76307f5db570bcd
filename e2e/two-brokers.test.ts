/** Two broker processes side by side on one PostgreSQL and one Redis: to nodes and people they are one. */
import { execFile } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { authorizePerson, createDataspaceClient, type DataspaceClient } from '@revier/connector-sdk';
import { canonicalText } from '@revier/core';
import { DEMO_CLIENT, type DemoProvider, makeProviderKeys, startDemoProvider } from '@revier/demo-provider';
import { folders } from '@revier/laptop';
import { freePort, logIn, startPostgres, startRedis } from '@revier/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { askThrough } from './harness/asking.ts';
import { expectOneEntryEach } from './harness/exactly-once.ts';
import type { Federation } from './harness/federation.ts';
import { changeBroker, setPort } from './harness/lay-out.ts';
import { type Line, lineTo } from './harness/line.ts';
import type { Slug } from './harness/members.ts';
import { type Service, serviceOf } from './harness/service.ts';
import { copyFederation } from './harness/start-federation.ts';
import { until } from './harness/until.ts';

const postgres = await startPostgres();
const redis = await startRedis();
afterAll(async () => {
  await postgres?.stop();
  await redis?.stop();
});

const MAIN = 'services/broker/src/main.ts';
const atSecond: readonly Slug[] = ['essen', 'gelsenkirchen'];

describe.skipIf(postgres === undefined || redis === undefined)('two brokers on one PostgreSQL and one Redis', () => {
  let federation: Federation;
  let second: Service;
  let secondUrl: string;
  let provider: DemoProvider;
  /** From the second broker to PostgreSQL. */
  let line: Line;

  beforeAll(async () => {
    const databaseUrl = new URL(postgres?.url ?? '');
    line = await lineTo(Number(databaseUrl.port));
    const [firstPort, secondPort] = [await freePort(), await freePort()];
    secondUrl = `http://127.0.0.1:${secondPort}`;
    const env = { DATABASE_URL: databaseUrl.href, REDIS_URL: redis?.url ?? '' };
    federation = await copyFederation({
      brokerPort: firstPort,
      brokerEnv: env,
      brokerUrlFor: (slug, url) => (atSecond.includes(slug) ? secondUrl : url),
    });
    const folder = folders(federation.folder).broker;
    await promisify(execFile)(process.execPath, [fileURLToPath(new URL(`../${MAIN}`, import.meta.url)), 'migrate'], {
      env: { REVIER_FOLDER: folder, ...env },
    });
    const users = [{ id: 'researcher', name: 'Erika', roles: ['researcher' as const] }];
    const keys = await makeProviderKeys();
    const audience = federation.profile.brokerId;
    provider = await startDemoProvider({ realm: 'test', port: 0, audience, users, keys });
    await changeBroker(folder, { people: { issuer: provider.issuer } });
    const copy = join(federation.folder, 'broker-2');
    await cp(folder, copy, { recursive: true });
    await rm(join(copy, 'records'), { recursive: true });
    await setPort(copy, secondPort);
    databaseUrl.port = String(line.port);
    second = serviceOf({ name: 'broker-2', main: MAIN, folder: copy, env: { ...env, DATABASE_URL: databaseUrl.href } });
    await second.start();
    await federation.start();
  });
  afterAll(async () => {
    await second.terminate();
    await federation.stop();
    await provider.close();
    await line.close();
  });

  const readerAt = async (baseUrl: string): Promise<DataspaceClient> => {
    const { credential, keys } = federation.profile;
    const accessToken = () => logIn({ issuer: provider.issuer, clientId: DEMO_CLIENT, user: 'researcher', keys });
    const authorize = authorizePerson({ accessToken, keys, credential, clock: () => new Date() });
    return createDataspaceClient({ baseUrl, authorize });
  };

  it('answer together what one was asked, and either tells the answer', async () => {
    const answer = await federation.ask();
    expect(answer.state).toBe('complete');
    await expectOneEntryEach(federation, answer);
    const told = await (await readerAt(secondUrl)).answer(answer.queryId);
    expect(canonicalText(told)).toBe(canonicalText(answer));
  });

  it('wake the long polls of the other at once', async () => {
    const answer = await federation.ask();
    const accepted = linesOf(federation.broker, 'query accepted').find(({ queryId }) => queryId === answer.queryId);
    const waited = linesOf(second, 'answered')
      .filter(({ route }) => route === '/v1/node/tasks')
      .map(({ time }) => Date.parse(time) - Date.parse(accepted?.time ?? ''))
      .filter((milliseconds) => milliseconds >= 0);
    expect(waited.slice(0, atSecond.length).map((milliseconds) => milliseconds < 1_000)).toEqual(
      atSecond.map(() => true),
    );
  });

  it('go on when one of them dies in mid-query and comes back', async () => {
    federation.nodes.bochum.signal('SIGSTOP');
    const answer = askThrough(federation.profile);
    await until('Essen has answered', async () => (await federation.decisions('essen')).length === 3);
    await federation.broker.kill();
    federation.nodes.bochum.signal('SIGCONT');
    await federation.broker.start();
    expect((await answer).state).toBe('complete');
    await expectOneEntryEach(federation, await answer);
  });

  it('say that they are not ready while the records are gone, and are ready again with them', async () => {
    line.cut();
    const reply = await until('the second broker is not ready', async () => {
      const got = await fetch(`${secondUrl}/health/ready`, { signal: AbortSignal.timeout(5_000) });
      return got.status === 200 ? undefined : got;
    });
    expect(reply.status).toBe(503);
    expect(await reply.json()).toMatchObject({ code: 'NOT_READY', detail: 'Not available: records.' });
    expect((await fetch(`${federation.brokerUrl}/health/ready`)).status).toBe(200);
    line.mend();
    await until('the second broker is ready', async () => (await fetch(`${secondUrl}/health/ready`)).ok);
    await federation.ready();
    const answer = await federation.ask();
    expect(answer.state).toBe('complete');
    await expectOneEntryEach(federation, answer);
  });
});

const Told = z.looseObject({ message: z.string(), time: z.string() });
type LogLine = z.infer<typeof Told>;

const linesOf = (service: Service, message: string): LogLine[] =>
  service
    .log()
    .map((line) => Told.parse(JSON.parse(line)))
    .filter((line) => line.message === message);
