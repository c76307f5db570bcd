/** The registry of a federation under test, taken down and started as often as a test likes: each time on records of its own, unless it says otherwise. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RestartStatement } from '@revier/schema';
import type { NodeOptions, RunningNode } from '../node-options.ts';
import { NodeStatus } from '../routes/admin.ts';
import { startNode } from '../start-node.ts';
import { type Federation, startFederation } from './federation.case.ts';
import { makeStaff, restart, type Staff } from './people.case.ts';

export interface Registry {
  readonly federation: Federation;
  readonly staff: Staff;
  /** A schema and a stop file of its own. */
  fresh(change?: Partial<NodeOptions>): NodeOptions;
  /** A fresh one, unless it is told otherwise. */
  up(options?: NodeOptions): Promise<RunningNode>;
  /** Ends every one that is up; the broker forgets them. */
  down(): Promise<void>;
  close(): Promise<void>;
}

export async function startRegistry(): Promise<Registry> {
  const federation = await startFederation();
  const staff = await makeStaff();
  const folder = await mkdtemp(join(tmpdir(), 'revier-registry-'));
  await federation.nodes.get('registry')?.close();
  const running: RunningNode[] = [];
  let made = 0;
  const fresh = (change: Partial<NodeOptions> = {}): NodeOptions => ({
    ...federation.nodeOptions('registry'),
    schema: `node_again_${made}`,
    stopFile: join(folder, `STOP-${made++}`),
    firstPeople: staff.people,
    ...change,
  });
  return {
    federation,
    staff,
    fresh,
    async up(options = fresh()) {
      const node = await startNode(options);
      running.push(node);
      return node;
    },
    async down() {
      await Promise.all(running.splice(0).map((node) => node.close()));
      federation.broker.forget(federation.parties.holder('registry').id);
    },
    async close() {
      await federation.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function statusOf(node: RunningNode): Promise<NodeStatus> {
  return NodeStatus.parse(await (await fetch(`${node.adminUrl}/v1/status`)).json());
}

/** What is to be signed so that the registry starts again after the stop that holds. */
export async function restartOf(node: RunningNode, { federation }: Registry): Promise<RestartStatement> {
  const { stop } = await statusOf(node);
  if (stop === null) throw new Error('no stop holds');
  return restart({ node: federation.parties.holder('registry').id, realm: 'test', stop: stop.id });
}
