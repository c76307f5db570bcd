/** Stop and start: one person stops the node whatever else is broken; deleting the file or a new process starts nothing; two persons do. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signGeneral } from '@revier/connector-sdk';
import { type GeneralJws, type PeopleChange, PeopleRoll, type RestartStatement } from '@revier/schema';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { NodeOptions, RunningNode } from './node-options.ts';
import { NodeStatus } from './routes/admin.ts';
import { startNode } from './start-node.ts';
import { countQuestion, type Federation, startFederation, until } from './testing/federation.case.ts';
import { enrolment, makePerson, makeStaff, restart, type Staff, seconds, signedBy } from './testing/people.case.ts';

let federation: Federation;
let folder: string;
let staff: Staff;
let running: RunningNode[] = [];
let made = 0;
beforeAll(async () => {
  federation = await startFederation();
  folder = await mkdtemp(join(tmpdir(), 'revier-stop-'));
  staff = await makeStaff();
  await federation.nodes.get('registry')?.close();
});
afterEach(async () => {
  await Promise.all(running.map((node) => node.close()));
  running = [];
  federation.broker.forget(federation.parties.holder('registry').id);
});
afterAll(async () => {
  await federation?.close();
  await rm(folder, { recursive: true, force: true });
});

const fresh = (change: Partial<NodeOptions> = {}): NodeOptions => ({
  ...federation.nodeOptions('registry'),
  schema: `node_stop_${made}`,
  stopFile: join(folder, `STOP-${made++}`),
  firstPeople: staff.people,
  ...change,
});

async function up(options: NodeOptions): Promise<RunningNode> {
  const node = await startNode(options);
  running.push(node);
  return node;
}

async function call(node: RunningNode, path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const reply = await fetch(`${node.adminUrl}${path}`, {
    method: 'POST',
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: reply.status, json: await reply.json() };
}

const codeOf = (json: unknown): unknown => (json instanceof Object && 'code' in json ? json.code : json);

async function statusOf(node: RunningNode): Promise<NodeStatus> {
  return NodeStatus.parse(await (await fetch(`${node.adminUrl}/v1/status`)).json());
}

async function stopIn(node: RunningNode): Promise<string> {
  const { stop } = await statusOf(node);
  if (stop === null) throw new Error('no stop holds');
  return stop.id;
}

const about = (stop: string, change: Partial<RestartStatement> = {}): RestartStatement => ({
  ...restart({ node: federation.parties.holder('registry').id, realm: 'test', stop }),
  ...change,
});

const stopped = (node: RunningNode) =>
  until(
    async () => ((await statusOf(node)).stop === null ? undefined : true),
    () => 'still running',
  );

describe('a stop', () => {
  it('by the admin port holds over the deletion of the file and over a new process', async () => {
    const options = fresh();
    const node = await up(options);
    const { json } = await call(node, '/v1/stop', { reason: 'odd queries', by: 'Olga Amt' });
    expect(json).toMatchObject({ state: 'stopped' });
    expect(await readFile(options.stopFile ?? '', 'utf8')).toContain('odd queries');
    await rm(options.stopFile ?? '');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await statusOf(node)).state).toBe('stopped');
    await node.close();
    const again = await up(options);
    expect(await statusOf(again)).toMatchObject({
      state: 'stopped',
      stop: { cause: 'command', reason: 'odd queries' },
    });
    const taskId = await federation.give('registry', await federation.ask(countQuestion));
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(federation.broker.receipts.get(taskId)).toBeUndefined();
  });

  it('by the file holds, too, and keeps its words; who stopped is told nowhere but in what can be erased', async () => {
    const options = fresh();
    const node = await up(options);
    const before = Date.now();
    await writeFile(options.stopFile ?? '', JSON.stringify({ reason: 'by hand', by: 'Olga Amt' }));
    await stopped(node);
    expect(Date.now() - before).toBeLessThan(1000);
    expect(await statusOf(node)).toMatchObject({ stop: { cause: 'file', reason: 'by hand' } });
    expect(JSON.stringify(await (await fetch(`${node.adminUrl}/v1/decisions`)).json())).not.toContain('Olga');
    await rm(options.stopFile ?? '');
    await node.close();
    expect((await statusOf(await up(options))).state).toBe('stopped');
  });

  it('works with the broker away', async () => {
    const options = fresh({ broker: { ...federation.nodeOptions('registry').broker, url: 'http://127.0.0.1:1' } });
    const node = await up(options);
    expect((await call(node, '/v1/stop')).status).toBe(200);
    expect((await statusOf(node)).state).toBe('stopped');
  });

  it('works with the records out of order: nothing leaves, and the file stops the next process', async () => {
    const options = fresh();
    const node = await up(options);
    await node.published();
    const table = sql.table(`${options.schema}.stop`);
    await sql`alter table ${table} rename to put_aside`.execute(federation.records.db());
    expect((await call(node, '/v1/stop')).status).toBe(500);
    expect((await statusOf(node)).state).toBe('stopped');
    const taskId = await federation.give('registry', await federation.ask(countQuestion));
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(federation.broker.receipts.get(taskId)).toBeUndefined();
    await node.close();
    const aside = sql.table(`${options.schema}.put_aside`);
    await sql`alter table ${aside} rename to stop`.execute(federation.records.db());
    expect(await statusOf(await up(options))).toMatchObject({ state: 'stopped', stop: { cause: 'file' } });
  });

  it('tells the broker of a task under way: refused, signed, STOPPED', async () => {
    const { datasets, ...rest } = fresh();
    const reading = Promise.withResolvers<void>();
    const slow = datasets.map(({ description }) => ({
      description,
      source: {
        aggregate: (_table: unknown, { signal }: { signal?: AbortSignal }) => {
          reading.resolve();
          return new Promise<never>((_resolve, reject) =>
            signal?.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError'))),
          );
        },
        close: async () => undefined,
      },
    }));
    const node = await up({ ...rest, datasets: slow });
    const taskId = await federation.give('registry', await federation.ask(countQuestion));
    await reading.promise;
    expect((await call(node, '/v1/stop')).status).toBe(200);
    expect(await federation.refused(taskId)).toEqual(['STOPPED']);
  });
});

describe('starting again', () => {
  it('takes two persons, of whom one may be a deputy, and answers again', async () => {
    const node = await up(fresh());
    await call(node, '/v1/stop');
    const statement = await signedBy(about(await stopIn(node)), staff.steward, staff.deputy);
    expect((await call(node, '/v1/start', statement)).json).toEqual({ state: 'running' });
    expect(await statusOf(node)).toMatchObject({ state: 'running', stop: null });
    await federation.released(await federation.give('registry', await federation.ask(countQuestion)));
    expect(codeOf((await call(node, '/v1/start', statement)).json)).toBe('NOT_STOPPED');
    const decisions = JSON.stringify(await (await fetch(`${node.adminUrl}/v1/decisions`)).json());
    expect(decisions).toContain('"started"');
    expect(decisions).not.toContain('Muster');
  });

  it('works once: the statement of an earlier stop is refused, and so is one signed before another person stopped', async () => {
    const node = await up(fresh());
    await call(node, '/v1/stop');
    const first = await signedBy(about(await stopIn(node)), staff.steward, staff.deputy);
    await call(node, '/v1/stop', { reason: 'somebody else, too' });
    expect(codeOf((await call(node, '/v1/start', first)).json)).toBe('REPLAYED');
    const second = await signedBy(about(await stopIn(node)), staff.steward, staff.deputy);
    expect((await call(node, '/v1/start', second)).status).toBe(200);
    await call(node, '/v1/stop');
    expect(codeOf((await call(node, '/v1/start', second)).json)).toBe('REPLAYED');
  });

  const sign = (statement: RestartStatement, ...who: (keyof Omit<Staff, 'people'>)[]) =>
    signedBy(statement, ...who.map((one) => staff[one]));
  const attacks: [string, string, (stop: string) => Promise<GeneralJws>][] = [
    ['one person alone', 'TWO_PERSONS_NEEDED', (stop) => sign(about(stop), 'steward')],
    ['two keys of one person', 'TWO_PERSONS_NEEDED', (stop) => sign(about(stop), 'steward', 'stewardAgain')],
    [
      'an officer, who advises but does not decide',
      'TWO_PERSONS_NEEDED',
      (stop) => sign(about(stop), 'steward', 'officer'),
    ],
    [
      'one key twice',
      'SIGNATURE_INVALID',
      async (stop) => {
        const jws = await sign(about(stop), 'steward');
        return { ...jws, signatures: [...jws.signatures, ...jws.signatures] };
      },
    ],
    [
      'a key that nobody has enrolled',
      'KEY_UNKNOWN',
      async (stop) => signedBy(about(stop), staff.steward, await makePerson('Eva Fremd', 'signatory')),
    ],
    [
      'the node’s own key',
      'KEY_UNKNOWN',
      async (stop) =>
        signGeneral('revier-restart+jws', about(stop), [federation.parties.holder('registry').privateKey]),
    ],
    ['a stop that never was', 'REPLAYED', () => sign(about(`sha256:${'0'.repeat(64)}`), 'steward', 'deputy')],
    [
      'an expired one',
      'EXPIRED',
      (stop) => sign(about(stop, { iat: seconds() - 900, exp: seconds() - 300 }), 'steward', 'deputy'),
    ],
    ['one for a drawer', 'EXPIRED', (stop) => sign(about(stop, { exp: seconds() + 8 * 86_400 }), 'steward', 'deputy')],
    [
      'another node',
      'WRONG_AUDIENCE',
      (stop) => sign(about(stop, { node: federation.parties.holder('essen').id }), 'steward', 'deputy'),
    ],
    ['another realm', 'WRONG_REALM', (stop) => sign(about(stop, { realm: 'production' }), 'steward', 'deputy')],
    [
      'another kind of statement',
      'SIGNATURE_TYPE',
      (stop) =>
        signGeneral(
          'revier-people+jws',
          about(stop),
          [staff.steward, staff.deputy].map(({ pair }) => pair.privateKey),
        ),
    ],
    [
      'words changed after signing',
      'SIGNATURE_INVALID',
      async (stop) => {
        const jws = await sign(about(stop), 'steward', 'deputy');
        const payload = Buffer.from(JSON.stringify(about(stop, { reason: 'other' }))).toString('base64url');
        return { ...jws, payload };
      },
    ],
  ];

  it('refuses every other statement, and stays stopped', async () => {
    const node = await up(fresh());
    await call(node, '/v1/stop');
    const stop = await stopIn(node);
    for (const [name, code, attack] of attacks)
      expect([name, codeOf((await call(node, '/v1/start', await attack(stop))).json)]).toEqual([name, code]);
    expect((await statusOf(node)).state).toBe('stopped');
    expect((await call(node, '/v1/start', await sign(about(stop), 'steward', 'deputy'))).status).toBe(200);
  });

  it('is impossible where nobody is enrolled, whoever signs', async () => {
    const node = await up(fresh({ firstPeople: [] }));
    await call(node, '/v1/stop');
    const statement = await sign(about(await stopIn(node)), 'steward', 'deputy');
    expect(codeOf((await call(node, '/v1/start', statement)).json)).toBe('KEY_UNKNOWN');
  });
});

describe('the people', () => {
  const people = async (node: RunningNode) =>
    PeopleRoll.parse(await (await fetch(`${node.adminUrl}/v1/people`)).json());
  const change = (roll: string, what: PeopleChange['change'], ...who: readonly (keyof Omit<Staff, 'people'>)[]) => {
    const node = federation.parties.holder('registry').id;
    const payload: PeopleChange = {
      ...{ kind: 'people-change', node, realm: 'test', roll, change: what },
      ...{ iat: seconds(), exp: seconds() + 600 },
    };
    return signGeneral(
      'revier-people+jws',
      payload,
      who.map((one) => staff[one].pair.privateKey),
    );
  };

  it('change by two signatures, once; one does not do', async () => {
    const node = await up(fresh());
    const { roll } = await people(node);
    const newcomer = await makePerson('Nora Neu', 'signatory');
    const add = { what: 'add', person: enrolment(newcomer) } as const;
    expect(codeOf((await call(node, '/v1/people', await change(roll, add, 'steward'))).json)).toBe(
      'TWO_PERSONS_NEEDED',
    );
    const signed = await change(roll, add, 'steward', 'deputy');
    expect((await call(node, '/v1/people', signed)).status).toBe(200);
    expect((await people(node)).people.map(({ name }) => name)).toContain('Nora Neu');
    const remove = { what: 'remove', kid: newcomer.pair.kid } as const;
    await call(node, '/v1/people', await change((await people(node)).roll, remove, 'steward', 'deputy'));
    expect((await people(node)).people.map(({ name }) => name)).not.toContain('Nora Neu');
    expect(codeOf((await call(node, '/v1/people', signed)).json)).toBe('REPLAYED');
  });

  it('never become fewer than two who decide', async () => {
    const node = await up(fresh());
    const remove = { what: 'remove', kid: staff.deputy.pair.kid } as const;
    const signed = await change((await people(node)).roll, remove, 'steward', 'deputy');
    expect(codeOf((await call(node, '/v1/people', signed)).json)).toBe('INVALID_REQUEST');
  });

  it('are not changed by another list of first people at a later start', async () => {
    const options = fresh();
    await (await up(options)).close();
    const [one, two] = [await makePerson('Eva Fremd', 'steward'), await makePerson('Emil Fremd', 'signatory')];
    const node = await up({ ...options, firstPeople: [one, two].map(enrolment) });
    expect((await people(node)).people.map(({ name }) => name)).not.toContain('Eva Fremd');
    await call(node, '/v1/stop');
    const statement = await signedBy(about(await stopIn(node)), one, two);
    expect(codeOf((await call(node, '/v1/start', statement)).json)).toBe('KEY_UNKNOWN');
  });
});
