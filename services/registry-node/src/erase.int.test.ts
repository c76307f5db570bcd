/** Forgetting whom the log is about: by hand or by the clock, told by the log, which verifies as before. */
import { accessToken, verifyLog } from '@revier/connector-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunningNode } from './node-options.ts';
import { startNode } from './start-node.ts';
import { countQuestion, type Federation, startFederation } from './testing/federation.case.ts';

const Asked = z.object({ asked: z.array(z.object({ person: z.string().nullable() })) });
const DAY = 86_400_000;
let federation: Federation;
let node: RunningNode;
let ahead = 0;
beforeAll(async () => {
  federation = await startFederation();
  await federation.nodes.get('registry')?.close();
  node = await startNode({
    ...federation.nodeOptions('registry'),
    schema: 'node_erase',
    openingsKeptDays: 30,
    now: () => Date.now() + ahead,
  });
  await node.published();
  await federation.released(await federation.give('registry', await federation.ask(countQuestion)));
});
afterAll(async () => {
  await node?.close();
  await federation?.close();
});

async function call(path: string, body?: unknown): Promise<Response> {
  const { id: iss, signer } = federation.parties.holder('registry');
  const now = new Date(Date.now() + ahead);
  const authorization = `Bearer ${await accessToken({ signer, iss, aud: iss, realm: 'test', now })}`;
  return fetch(`${node.adminUrl}/v1/audit/${path}`, {
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
}
const erase = async (body: unknown): Promise<unknown> => (await call('erase', body)).json();

async function exported(): Promise<string[]> {
  const lines = (await (await call('export')).text()).split('\n');
  return lines.filter((line) => line !== '');
}
async function verdict(lines: readonly string[]) {
  async function* read() {
    yield* lines;
  }
  return (await verifyLog(read(), { trust: federation.parties.trust })).finding;
}
const persons = async (): Promise<unknown[]> => {
  const { asked } = Asked.parse(await (await call('who', { reader: 'A. Officer' })).json());
  return asked.map(({ person }) => person);
};

describe('the openings of a log', () => {
  it('are not erased before their time, nor by whoever cannot show the key of the node', async () => {
    expect(await persons()).toEqual([expect.stringContaining('r17')]);
    expect(await erase({ by: 'A. Officer' })).toMatchObject({ erased: 0 });
    const url = `${node.adminUrl}/v1/audit/erase`;
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(url, { method: 'POST', headers, body: JSON.stringify({ by: 'x' }) })).status).toBe(401);
    expect((await call('erase', { by: 'x', before: new Date(Date.now() + DAY).toISOString() })).status).toBe(400);
    expect(await persons()).toEqual([expect.stringContaining('r17')]);
  });

  it('are erased by hand, and the log goes on from what it was', async () => {
    const before = await exported();
    const done = await erase({ by: 'A. Officer', before: new Date().toISOString() });
    expect(done).toMatchObject({ erased: expect.any(Number) });
    expect(done).not.toMatchObject({ erased: 0 });
    expect(await persons()).toEqual([null]);
    const after = await exported();
    const entriesOf = (lines: readonly string[]) => lines.filter((line) => line.includes('"kind":"entry"'));
    expect(entriesOf(after).slice(0, entriesOf(before).length)).toEqual(entriesOf(before));
    expect(after.join()).toContain('openings-erased');
    expect(await verdict(after)).toMatchObject({ faults: ['Fewer than 1 others have cosigned a checkpoint.'] });
  });

  it('are erased by the clock when the retention of the settings is over', async () => {
    await federation.released(await federation.give('registry', await federation.ask(countQuestion)));
    expect((await persons()).filter((person) => person !== null)).toHaveLength(1);
    ahead = 31 * DAY;
    await node.witness();
    ahead = 0;
    expect((await persons()).filter((person) => person !== null)).toEqual([]);
    expect((await verdict(await exported())).verdict).toBe('unwitnessed');
  });
});
