/** A restored backup: the mark in the folder gives it away, and what nobody can make good is not answered anew. */
import { copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { folderMark } from './adapters/folder-mark.ts';
import type { NodeOptions, RunningNode } from './node-options.ts';
import { NodeStatus } from './routes/admin.ts';
import { startNode } from './start-node.ts';
import { countQuestion, type Federation, startFederation } from './testing/federation.case.ts';
import { makeStaff, restart, type Staff, signedBy } from './testing/people.case.ts';

let federation: Federation;
let folder: string;
let staff: Staff;
let node: RunningNode | undefined;
let made = 0;
beforeAll(async () => {
  federation = await startFederation();
  folder = await mkdtemp(join(tmpdir(), 'revier-restore-'));
  staff = await makeStaff();
  await federation.nodes.get('registry')?.close();
});
afterEach(async () => {
  await node?.close();
  node = undefined;
  federation.broker.forget(federation.parties.holder('registry').id);
});
afterAll(async () => {
  await federation?.close();
  await rm(folder, { recursive: true, force: true });
});

const fresh = () => ({
  ...federation.nodeOptions('registry'),
  schema: `node_restore_${made}`,
  markFile: join(folder, `mark-${made++}.json`),
  firstPeople: staff.people,
});

async function up(options: NodeOptions): Promise<RunningNode> {
  node = await startNode(options);
  return node;
}
const statusOf = async (of: RunningNode): Promise<NodeStatus> =>
  NodeStatus.parse(await (await fetch(`${of.adminUrl}/v1/status`)).json());
const post = async (of: RunningNode, path: string, body: unknown): Promise<unknown> =>
  (
    await fetch(`${of.adminUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  ).json();

async function start(of: RunningNode): Promise<unknown> {
  const { stop, participant, realm } = await statusOf(of);
  const about = restart({ node: participant, realm, stop: stop?.id ?? '' });
  return post(of, '/v1/start', await signedBy(about, staff.steward, staff.deputy));
}
const answered = async () =>
  federation.released(await federation.give('registry', await federation.ask(countQuestion)));

describe('a node', () => {
  it('that was simply ended and started again works on', async () => {
    const options = fresh();
    await (await up(options)).close();
    expect((await statusOf(await up(options))).state).toBe('running');
  });

  const damages: [string, (file: string) => Promise<void>][] = [
    ['that is gone', (file) => rm(file)],
    [
      'that is a copy of itself',
      async (file) => {
        await copyFile(file, `${file}.copy`);
        await rename(`${file}.copy`, file);
      },
    ],
    ['that cannot be read', (file) => writeFile(file, '{')],
    [
      'of a log that went further',
      async (file) => {
        const mark = await folderMark(file).read();
        if (typeof mark === 'string') throw new Error(mark);
        await folderMark(file).write({ place: mark.place, size: mark.size + 5, head: mark.head });
      },
    ],
    [
      'of a log with another past',
      async (file) => {
        const mark = await folderMark(file).read();
        if (typeof mark === 'string') throw new Error(mark);
        await folderMark(file).write({ place: mark.place, size: mark.size, head: `sha256:${'1'.repeat(64)}` });
      },
    ],
    [
      'of other records',
      async (file) => {
        const mark = await folderMark(file).read();
        if (typeof mark === 'string') throw new Error(mark);
        await folderMark(file).write({ place: 'elsewhere', size: mark.size, head: mark.head });
      },
    ],
  ];

  it.each(damages)(
    'beside a mark %s comes up stopped, once, until it is reconciled and two have signed',
    async (_what, damage) => {
      const options = fresh();
      await (await up(options)).close();
      await damage(options.markFile);
      let restored = await up(options);
      expect(await statusOf(restored)).toMatchObject({
        state: 'stopped',
        stop: { cause: 'restored', reconciled: false },
      });
      const { stop } = await statusOf(restored);
      await restored.close();
      restored = await up(options);
      expect((await statusOf(restored)).stop?.id).toBe(stop?.id);
      expect(await start(restored)).toMatchObject({ code: 'NOT_RECONCILED' });
      expect(await post(restored, '/v1/reconcile', {})).toMatchObject({
        sealed: [{ dataset: 'urn:revier:dataset:registry' }],
      });
      expect(await start(restored)).toEqual({ state: 'running' });
    },
  );

  it('also asks for reconciliation when somebody stops it again meanwhile', async () => {
    const options = fresh();
    await (await up(options)).close();
    await rm(options.markFile);
    const restored = await up(options);
    await post(restored, '/v1/stop', {});
    expect(await start(restored)).toMatchObject({ code: 'NOT_RECONCILED' });
  });

  it('with a list that reaches far enough is made good, and answers anew; the list of another node is refused', async () => {
    const options = fresh();
    const first = await up(options);
    const { list } = Object(await (await fetch(`${first.adminUrl}/v1/deletions`)).json());
    await first.close();
    const mark = await folderMark(options.markFile).read();
    if (typeof mark === 'string') throw new Error(mark);
    await folderMark(options.markFile).write({ place: 'elsewhere', size: mark.size, head: mark.head });
    const restored = await up(options);
    const foreign = await federation.parties.holder('essen').signer.sign('revier-deletion+jws', {});
    expect(await post(restored, '/v1/reconcile', { list: foreign })).toMatchObject({ code: 'KEY_UNKNOWN' });
    expect(await post(restored, '/v1/reconcile', { list })).toMatchObject({ sealed: [] });
    await start(restored);
    await answered();
  });

  it('gives answers of before again, byte for byte, but no new ones while the epoch is sealed', async () => {
    const options = fresh();
    const first = await up(options);
    const before = await answered();
    await first.close();
    await rm(options.markFile);
    const restored = await up(options);
    await post(restored, '/v1/reconcile', {});
    await start(restored);
    expect((await answered()).header.body).toBe(before.header.body);
    await sql`delete from ${sql.table(`${options.schema}.answer`)}`.execute(federation.records.db());
    const taskId = await federation.give('registry', await federation.ask(countQuestion));
    expect(await federation.refused(taskId)).toEqual(['EPOCH_SEALED']);
  });

  it('never takes a revoked agreement from a list for one in force', async () => {
    const options = fresh();
    const first = await up(options);
    const agreement = federation.agreements.get('registry')?.hash;
    await first.close();
    await sql`insert into ${sql.table(`${options.schema}.revoked_agreement`)} values (${agreement})`.execute(
      federation.records.db(),
    );
    await up(options);
    const taskId = await federation.give('registry', await federation.ask(countQuestion));
    expect(await federation.refused(taskId)).toEqual(['REVOKED']);
  });
});
