/** Founds the attacked federation in a folder and runs it: one broker and five nodes, each a process of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Profile } from '@revier/cli';
import { type Decision, decisionsOf, isConnected, isReady } from '@revier/e2e/harness/health.ts';
import { layOut } from '@revier/e2e/harness/lay-out.ts';
import { otherPerson, type Person } from '@revier/e2e/harness/other-person.ts';
import type { Environment, Service } from '@revier/e2e/harness/service.ts';
import { until } from '@revier/e2e/harness/until.ts';
import { agreeRegisters, foundFederation } from '@revier/laptop';
import { agreedQuestions } from './lattice.ts';
import { holders, invent, type People, type Slug } from './people.ts';
import { attackedFederation } from './spec.ts';

export interface Raised {
  readonly folder: string;
  readonly people: People;
  readonly broker: Service;
  readonly nodes: ReadonlyMap<Slug, Service>;
  readonly profile: Profile;
  /** The attacker: a researcher of the same organisation, with a valid credential. */
  readonly mallory: Person;
  node(slug: Slug): Service;
  /** Ends the nodes and starts them again. */
  restart(slugs: readonly Slug[], env: Environment): Promise<void>;
  decisions(slug: Slug): Promise<readonly Decision[]>;
  stop(): Promise<void>;
}

/** Many at once, as an attacker would. */
const LIMITS = {
  ...{ queriesPerMinute: 100_000, readsPerMinute: 1_000_000, nodeCallsPerMinute: 1_000_000 },
  unfinishedQueries: 1000,
};

export async function raise(seed: number, env: Environment = {}): Promise<Raised> {
  const folder = await mkdtemp(join(tmpdir(), 'revier-attack-'));
  const people = invent(seed);
  const spec = attackedFederation(people, agreedQuestions);
  const now = new Date(Date.now() - 60_000);
  await foundFederation({ spec, ...{ folder, options: { persons: null }, now, lang: 'en', say: () => undefined } });
  const brokerSettings = { limits: LIMITS };
  const { broker, brokerUrl: url, profile, nodeOf } = await layOut({ folder, slugs: holders, brokerSettings });
  const nodes = new Map(holders.map((slug) => [slug, nodeOf(slug)]));
  const raised = {
    folder,
    people,
    broker,
    nodes,
    profile,
    mallory: await otherPerson({ folder, profile }, 'mallory1'),
  };
  const running = await started(raised, {});
  try {
    // As any register: holders refuse whatever their check at approval does not let through.
    await agreeRegisters({ spec, folder, url, from: now });
    if (Object.keys(env).length > 0) await running.restart(holders, env);
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
}

async function started(
  given: Omit<Raised, 'node' | 'restart' | 'decisions' | 'stop'>,
  env: Environment,
): Promise<Raised> {
  const { broker, nodes, folder } = given;
  const node = (slug: Slug): Service => {
    const found = nodes.get(slug);
    if (found === undefined) throw new RangeError(`${slug} has no node.`);
    return found;
  };
  const connected = (slugs: readonly Slug[]) =>
    Promise.all(slugs.map((slug) => until(`${slug} is connected`, () => isConnected(node(slug).url()), LIMIT_MS)));
  const stop = async (): Promise<void> => {
    await Promise.all([broker, ...nodes.values()].map((one) => one.terminate()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await broker.start();
    await Promise.all(holders.map((slug) => node(slug).start(env)));
    await connected(holders);
    // It takes part in deciding only once it knows what holders have published.
    await until('the broker is ready', () => isReady(broker.url()), LIMIT_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...given,
    node,
    async restart(slugs, own) {
      await Promise.all(slugs.map((slug) => node(slug).terminate()));
      await Promise.all(slugs.map((slug) => node(slug).start(own)));
      await connected(slugs);
    },
    decisions: (slug) => decisionsOf(node(slug).url()),
    stop,
  };
}

const LIMIT_MS = 100_000;
