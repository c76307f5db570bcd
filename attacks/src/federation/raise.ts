/** Founds the attacked federation in a folder and runs it: one broker and five nodes, each a process of its own. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadProfile, type Profile } from '@revier/cli';
import { type Decision, decisionsOf, isConnected, isReady } from '@revier/e2e/harness/health.ts';
import { otherPerson, type Person } from '@revier/e2e/harness/other-person.ts';
import { type Environment, type Service, serviceOf } from '@revier/e2e/harness/service.ts';
import { until } from '@revier/e2e/harness/until.ts';
import { agreeRegisters, folders, foundFederation } from '@revier/laptop';
import { freePort } from '@revier/testkit';
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
  const places = folders(folder);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await rewrite(join(places.broker, 'broker.json'), (settings) => ({
    ...settings,
    ...{ listen: { host: '127.0.0.1', port }, limits: LIMITS },
  }));
  const service = (name: string, main: string, own: string) =>
    serviceOf({ name, main: `services/${main}/src/main.ts`, folder: own });
  const broker = service('broker', 'broker', places.broker);
  const nodes = new Map(holders.map((slug) => [slug, service(slug, 'registry-node', places.node(slug))]));
  for (const slug of holders)
    await rewrite(join(places.node(slug), 'node.json'), ({ broker: known, ...node }) => ({
      ...node,
      broker: { ...Object(known), url },
    }));
  const profile = {
    ...(await loadProfile({ file: join(places.user, 'profile.json'), cwd: folder, home: folder })),
    broker: url,
  };
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

async function rewrite(file: string, change: (settings: Record<string, unknown>) => unknown): Promise<void> {
  await writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, 'utf8')))));
}
