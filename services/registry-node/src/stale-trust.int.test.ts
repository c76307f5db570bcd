/** A node whose trust list nobody has confirmed for an hour: it asks for nothing and says so, and goes on by itself. */
import { signGeneral, signTimestamp } from '@revier/connector-sdk';
import type { TrustList, TrustView } from '@revier/schema';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningNode } from './node-options.ts';
import { NodeStatus } from './routes/admin.ts';
import { startNode } from './start-node.ts';
import { countQuestion, type Federation, startFederation, until } from './testing/federation.case.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
/** In place of a minute. */
const LOOK_MS = 5 * SECOND;
/** What is left of the first timestamp; short of what clocks may differ by, so that everybody else can keep the real one. */
const LEFT = 50 * SECOND;

let federation: Federation;
let node: RunningNode;
let ahead = 0;
let view: TrustView;
let list: TrustList;
const now = (): number => Date.now() + ahead;

beforeAll(async () => {
  federation = await startFederation();
  // Nobody else polls here, and the timestamper speaks only when the test says so.
  for (const one of federation.nodes.values()) await one.close();
  const { parties, broker } = federation;
  const { kid } = parties.holder('bochum');
  list = { ...parties.trust.list, version: 2, timestampers: [kid] };
  const trustList = await signGeneral('revier-trust-list+jws', list, [parties.holder('registry').privateKey]);
  view = { trustList, timestamp: await stamp(list, new Date(Date.now() + LEFT - HOUR)) };
  broker.trust.view = view;
  node = await startNode({
    ...federation.nodeOptions('registry'),
    schema: 'node_stale',
    trustList,
    now,
    trustEveryMs: LOOK_MS,
  });
  await node.published();
});
afterAll(async () => {
  await node?.close();
  await federation?.close();
});

const stamp = (list: TrustList, at: Date) => signTimestamp(list, federation.parties.holder('bochum').signer, at);
const statusOf = async (): Promise<NodeStatus> =>
  NodeStatus.parse(await (await fetch(`${node.adminUrl}/v1/status`)).json());
const ready = async (): Promise<number> => (await fetch(`${node.adminUrl}/health/ready`)).status;

it('answers while the last word of a timestamper is not an hour old', async () => {
  expect((await statusOf()).trust).toMatchObject({ version: 2, state: 'fresh' });
  expect(await ready()).toBe(200);
  await federation.released(await federation.give('registry', await federation.ask(countQuestion)));
});

it('asks for nothing an hour after it, says so, and lets a task wait until there is a new one', async () => {
  ahead = LEFT + SECOND;
  // The poll that is under way may still bring something: it is refused nothing, and answered nothing.
  const waiting = await federation.give('registry', await federation.ask(countQuestion));
  expect((await statusOf()).trust).toMatchObject({ state: 'stale' });
  expect(await ready()).toBe(503);
  const quiet = await until(
    async () => {
      const before = federation.broker.trust.polls;
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return federation.broker.trust.polls === before ? before : undefined;
    },
    () => 'it goes on polling',
  );
  expect(federation.broker.receipts.get(waiting)).toBeUndefined();
  expect(federation.broker.releases.get(waiting)).toBeUndefined();
  federation.broker.trust.view = { ...view, timestamp: await stamp(list, new Date(now())) };
  await expect.poll(() => federation.broker.releases.get(waiting)?.length, { timeout: 90_000 }).toBe(1);
  expect(federation.broker.trust.polls).toBeGreaterThan(quiet);
  expect((await statusOf()).trust).toMatchObject({ state: 'fresh' });
  expect(await ready()).toBe(200);
});
