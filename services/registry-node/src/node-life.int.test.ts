/** A node's life: it starts without a broker, refuses broken papers, keeps what could not be sent, and stops within a second. */
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigner, generateKeyPair, signDocument } from '@revier/connector-sdk';
import { AppError, type Floor } from '@revier/schema';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeOptions } from './node-options.ts';
import { NodeStatus } from './routes/admin.ts';
import { startNode } from './start-node.ts';
import { signAgreement } from './testing/agreement.case.ts';
import { countQuestion, type Federation, rateQuestion, startFederation, until } from './testing/federation.case.ts';
import { makeStaff, restart, signedBy } from './testing/people.case.ts';

let federation: Federation;
let folder: string;
beforeAll(async () => {
  federation = await startFederation();
  folder = await mkdtemp(join(tmpdir(), 'revier-life-'));
});
afterAll(async () => {
  await federation?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Another node for the same holder, over records of its own. */
async function alone(change: (options: NodeOptions) => Partial<NodeOptions> = () => ({})) {
  const options = { ...federation.nodeOptions('registry'), schema: `node_alone_${made++}` };
  const node = await startNode({ ...options, ...change(options) });
  return { node, options };
}
let made = 0;

const admin = async (url: string, path: string, method = 'GET'): Promise<unknown> =>
  (await fetch(`${url}${path}`, { method })).json();

const faultOf = async (starting: Promise<unknown>): Promise<AppError> => {
  const fault = await starting.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (fault instanceof AppError) return fault;
  throw new Error('it has started, or failed without a code', { cause: fault });
};

describe('papers', () => {
  const terms = () => ({
    vocabulary: federation.ruhr.vocabulary,
    dataset: 'urn:revier:dataset:registry',
    questions: [countQuestion],
  });

  it('without a purpose of the tree are refused, naming the place', async () => {
    const registry = federation.parties.holder('registry');
    const broken = await signAgreement(federation.parties, registry, {
      ...terms(),
      change: (agreement) => ({
        ...agreement,
        permission: agreement.permission.map((rule) => ({
          ...rule,
          constraint: [{ leftOperand: 'rv:purpose', operator: 'isA', rightOperand: 'rv:Anything' }],
        })),
      }),
    });
    const good = federation.agreements.get('registry');
    const fault = await faultOf(alone(() => ({ agreements: [good, broken].flatMap((one) => (one ? [one.jws] : [])) })));
    expect(fault.code).toBe('POLICY_INVALID');
    expect(fault.options.errors).toMatchObject([{ pointer: '/1/permission/0/constraint/0/rightOperand' }]);
    expect(fault.message).toContain('/1/permission/0/constraint/0/rightOperand');
  });

  it('that one side alone has signed are refused', async () => {
    const { jws } = await signAgreement(federation.parties, federation.parties.holder('registry'), terms());
    const fault = await faultOf(alone(() => ({ agreements: [{ ...jws, signatures: jws.signatures.slice(0, 1) }] })));
    expect(fault.code).toBe('POLICY_INVALID');
    expect(fault.options.errors?.[0]?.pointer).toBe('/0');
  });

  it('of another holder, or about data that are not here, are refused', async () => {
    const bochum = federation.agreements.get('bochum')?.jws;
    const fault = await faultOf(alone(() => ({ agreements: bochum ? [bochum] : [] })));
    expect(fault.options.errors?.[0]?.pointer).toBe('/0/assigner');
  });

  it('that are no longer given stay in force: a file that is gone revokes nothing', async () => {
    const asked = await federation.ask(countQuestion);
    await federation.nodes.get('registry')?.close();
    const node = await startNode({ ...federation.nodeOptions('registry'), agreements: [] });
    await federation.released(await federation.give('registry', asked));
    await node.close();
    federation.nodes.set('registry', await startNode(federation.nodeOptions('registry')));
  });

  it('a key that the trust list does not know under our name ends the start', async () => {
    const signer = await createSigner((await generateKeyPair()).privateKey);
    expect((await faultOf(alone(() => ({ signer })))).code).toBe('KEY_UNKNOWN');
  });

  it('a floor of somebody else ends the start', async () => {
    const essen = federation.parties.holder('essen');
    const floor: Floor = {
      kind: 'floor',
      holder: essen.id,
      realm: 'test',
      minCellSize: 3,
      publicDatasets: [],
      maxDimensions: 6,
      maxCells: 2_000_000,
    };
    const signed = await signDocument(floor, essen.signer);
    expect((await faultOf(alone(() => ({ floor: signed })))).code).toBe('SIGNATURE_INVALID');
  });

  it('exact figures of a dataset that the floor does not call public never leave', async () => {
    const bochum = federation.parties.holder('bochum');
    const strict: Floor = {
      kind: 'floor',
      holder: bochum.id,
      realm: 'test',
      minCellSize: 3,
      publicDatasets: [],
      maxDimensions: 6,
      maxCells: 2_000_000,
    };
    await federation.nodes.get('bochum')?.close();
    const floor = await signDocument(strict, bochum.signer);
    const node = await startNode({ ...federation.nodeOptions('bochum'), floor });
    expect(await federation.refused(await federation.give('bochum', await federation.ask(rateQuestion)))).toEqual([
      'FLOOR',
    ]);
    await node.close();
    federation.nodes.set('bochum', await startNode(federation.nodeOptions('bochum')));
  });
});

describe('without a broker', () => {
  it('a node starts, is alive, and publishes when the broker has come', async () => {
    const { node } = await alone((options) => ({ broker: { ...options.broker, url: 'http://127.0.0.1:1' } }));
    expect(await admin(node.adminUrl, '/health/live')).toEqual({ status: 'live' });
    expect(await admin(node.adminUrl, '/v1/status')).toMatchObject({ broker: { connected: false, published: false } });
    await node.close();
    await expect(node.published()).rejects.toThrow();
  });

  it('answers wait in the records, also over a restart', async () => {
    const asked = await federation.ask(countQuestion);
    federation.broker.loseReleases = true;
    const taskId = await federation.give('registry', asked);
    await until(
      () => federation.broker.receipts.get(taskId)?.[0],
      () => 'no receipt',
    );
    await federation.nodes.get('registry')?.close();
    expect(federation.broker.releases.get(taskId)).toBeUndefined();
    federation.broker.loseReleases = false;
    federation.broker.forget(federation.parties.holder('registry').id);
    federation.nodes.set('registry', await startNode(federation.nodeOptions('registry')));
    expect((await federation.released(taskId)).header.submissionId).toBe(asked.submissionId);
  });
});

describe('no entry, no release', () => {
  it('a node whose log cannot be written lets nothing leave, not even a refusal', async () => {
    await federation.nodes.get('registry')?.close();
    const { node, options } = await alone();
    const db = federation.records.db();
    const table = sql.table(`${options.schema}.log_entry`);
    await sql`alter table ${table} rename to put_aside`.execute(db);
    const taskId = await federation.give('registry', await federation.ask(countQuestion));
    await new Promise((resolve) => setTimeout(resolve, 700));
    const messages = await sql`select 1 from ${sql.table(`${options.schema}.message`)}`.execute(db);
    expect(messages.rows).toEqual([]);
    expect(federation.broker.receipts.get(taskId)).toBeUndefined();
    await sql`alter table ${sql.table(`${options.schema}.put_aside`)} rename to log_entry`.execute(db);
    // The task comes again, and is answered.
    expect(await federation.released(taskId)).toBeDefined();
    await node.close();
    federation.nodes.set('registry', await startNode(federation.nodeOptions('registry')));
  });
});

describe('data that take too long', () => {
  it('end in a refusal that says nothing of them', async () => {
    const asked = await federation.ask(countQuestion);
    await federation.nodes.get('registry')?.close();
    const { node } = await alone(() => ({ statementTimeoutMs: 0 }));
    const taskId = await federation.give('registry', asked);
    expect(await federation.refused(taskId)).toEqual(['FAILED']);
    expect(JSON.stringify(federation.broker.receipts.get(taskId))).not.toMatch(/timeout|select|duckdb/i);
    await node.close();
    federation.nodes.set('registry', await startNode(federation.nodeOptions('registry')));
  });
});

describe('stopping', () => {
  const isStopped = async (url: string) =>
    until(
      async () => (JSON.stringify(await admin(url, '/v1/status')).includes('"stopped"') ? true : undefined),
      () => 'still running',
    );

  it('by the file: within a second it polls no more, and a task stays without an answer', async () => {
    await federation.nodes.get('registry')?.close();
    const stopFile = join(folder, 'STOP');
    const { node } = await alone(() => ({ stopFile }));
    await node.published();
    const before = Date.now();
    await writeFile(stopFile, '');
    await isStopped(node.adminUrl);
    expect(Date.now() - before).toBeLessThan(1000);
    const taskId = await federation.give('registry', await federation.ask(countQuestion));
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(federation.broker.receipts.get(taskId)).toBeUndefined();
    await node.close();
    await rm(stopFile);
    federation.broker.forget(federation.parties.holder('registry').id);
  });

  it('by the admin port: pending releases are dropped for good, and the broker hears so', async () => {
    const stopFile = join(folder, 'STOP');
    const staff = await makeStaff();
    const { node, options } = await alone(() => ({ stopFile, firstPeople: staff.people }));
    const asked = await federation.ask(countQuestion);
    federation.broker.loseReleases = true;
    const taskId = await federation.give('registry', asked);
    await until(
      () => federation.broker.receipts.get(taskId)?.[0],
      () => 'no receipt',
    );
    expect(await admin(node.adminUrl, '/v1/stop', 'POST')).toMatchObject({ state: 'stopped' });
    federation.broker.loseReleases = false;
    expect(await federation.refused(taskId)).toEqual(['STOPPED']);
    const messages = sql.table(`${options.schema}.message`);
    const { rows } = await sql<{
      state: string;
    }>`select state from ${messages} where task_id = ${taskId} and kind = 'release'`.execute(federation.records.db());
    expect(rows).toEqual([{ state: 'dropped' }]);
    expect(JSON.stringify(await admin(node.adminUrl, '/v1/decisions'))).toContain('STOPPED');
    await node.close();

    // Neither a new process nor the deletion of the file starts it.
    await access(stopFile);
    await rm(stopFile);
    const last = await startNode({ ...options, stopFile });
    await isStopped(last.adminUrl);

    // Started by two persons after that, the dropped release stays dropped, whoever asks for the task again.
    const { stop } = NodeStatus.parse(await admin(last.adminUrl, '/v1/status'));
    const about = restart({ node: options.participant, realm: 'test', stop: stop?.id ?? '' });
    await fetch(`${last.adminUrl}/v1/start`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(await signedBy(about, staff.steward, staff.deputy)),
    });
    await federation.give('registry', asked, {
      taskId,
      exp: federation.broker.given.get(taskId)?.exp ?? 0,
      attempt: 2,
    });
    await federation.released(await federation.give('registry', await federation.ask(countQuestion)));
    expect(federation.broker.releases.get(taskId)).toBeUndefined();
    await last.close();
  });
});
