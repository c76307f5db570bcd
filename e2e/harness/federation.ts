/** A federation of separate processes over a founded folder: one broker, four nodes, and somebody who asks. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PeopleInput } from '@revier/broker';
import { ask, loadProfile, type Profile } from '@revier/cli';
import { folders, readQuestion } from '@revier/laptop';
import type { Answer, QuestionInput } from '@revier/schema';
import { freePort } from '@revier/testkit';
import { type Decision, decisionsOf, isConnected, isReady } from './health.ts';
import { type Slug, slugs } from './members.ts';
import { type Environment, type Service, serviceOf } from './service.ts';
import { until } from './until.ts';

export const flagship = readQuestion('late-stage-colorectal.json');

export interface LayOptions {
  /** A founded federation; ports are written into it. */
  readonly folder: string;
  readonly brokerEnv?: Environment;
  /** A free one when left out. */
  readonly brokerPort?: number;
  /** Where a node finds the broker, when not at the broker itself. */
  readonly brokerUrlFor?: (slug: Slug, brokerUrl: string) => string;
}

export interface AskingOptions {
  readonly question?: QuestionInput;
  /** The fewest holders that must answer; all of them when left out. */
  readonly least?: number;
  readonly deadlineSeconds?: number;
}

export interface Federation {
  readonly folder: string;
  readonly broker: Service;
  readonly nodes: Readonly<Record<Slug, Service>>;
  readonly brokerUrl: string;
  readonly profile: Profile;
  /** Starts what does not run, all at once, and waits until it works together. */
  start(): Promise<void>;
  /** Resolves when every process that runs is ready and connected. */
  ready(): Promise<void>;
  /** By the command line's own way; an answer that does not verify rejects. */
  ask(options?: AskingOptions): Promise<Answer>;
  /** From the audit log of a node, by its admin port. */
  decisions(slug: Slug): Promise<readonly Decision[]>;
  stop(): Promise<void>;
}

export async function layFederation(options: LayOptions): Promise<Federation> {
  const { folder, brokerEnv = {}, brokerUrlFor = (_slug, url) => url } = options;
  const places = folders(folder);
  const port = options.brokerPort ?? (await freePort());
  const brokerUrl = `http://127.0.0.1:${port}`;
  await setPort(places.broker, port);
  // What crashes here comes back in a second or two.
  await rewrite(join(places.broker, 'broker.json'), (broker) => ({ ...broker, redeliverSeconds: REDELIVER_SECONDS }));
  for (const slug of slugs)
    await rewrite(join(places.node(slug), 'node.json'), ({ broker, ...node }) => ({
      ...node,
      broker: { ...Object(broker), url: brokerUrlFor(slug, brokerUrl) },
    }));
  const broker = serviceOf({
    ...{ name: 'broker', main: 'services/broker/src/main.ts', folder: places.broker, env: brokerEnv },
  });
  const nodeOf = (slug: Slug) =>
    serviceOf({ name: slug, main: 'services/registry-node/src/main.ts', folder: places.node(slug) });
  const nodes = {
    krebsregister: nodeOf('krebsregister'),
    bochum: nodeOf('bochum'),
    essen: nodeOf('essen'),
    gelsenkirchen: nodeOf('gelsenkirchen'),
  };
  const profile = await profileIn(places.user, brokerUrl);
  const all = [broker, ...Object.values(nodes)];
  const ready = () => workTogether(all, broker);
  return {
    ...{ folder, broker, nodes, brokerUrl, profile, ready },
    async start() {
      await Promise.all(all.filter((service) => !service.isRunning()).map((service) => service.start()));
      await ready();
    },
    ask: (asking) => askVerified(profile, asking),
    decisions: (slug) => decisionsOf(nodes[slug].url()),
    stop: async () => void (await Promise.all(all.map(ended))),
  };
}

export const setPort = (brokerFolder: string, port: number): Promise<void> =>
  rewrite(join(brokerFolder, 'broker.json'), (broker) => ({ ...broker, listen: { host: '127.0.0.1', port } }));

/** Where people log in; without it, nobody can. */
export const setPeople = (brokerFolder: string, people: PeopleInput): Promise<void> =>
  rewrite(join(brokerFolder, 'broker.json'), (broker) => ({ ...broker, people }));

async function rewrite(file: string, change: (settings: Record<string, unknown>) => unknown): Promise<void> {
  await writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, 'utf8')))));
}

async function profileIn(folder: string, broker: string): Promise<Profile> {
  return { ...(await loadProfile({ file: join(folder, 'profile.json'), cwd: folder, home: folder })), broker };
}

async function workTogether(all: readonly Service[], broker: Service): Promise<void> {
  for (const service of all.filter((one) => one.isRunning()))
    await until(`${service.name} is ready`, async () =>
      service === broker ? isReady(service.url()) : isConnected(service.url()),
    );
}

export const askedFor = ({ question = flagship, least }: AskingOptions): QuestionInput =>
  least === undefined ? question : { ...question, holders: { least } };

async function askVerified(profile: Profile, asking: AskingOptions = {}): Promise<Answer> {
  const { deadlineSeconds } = asking;
  const faults: string[] = [];
  const answer = await ask(profile, askedFor(asking), { deadlineSeconds, onWarning: (fault) => faults.push(fault) });
  if (faults.length > 0) throw new Error(`The answer does not verify: ${faults.join(' ')}`);
  return answer;
}

const REDELIVER_SECONDS = 3;
const STOP_LIMIT_MS = 15_000;

async function ended(service: Service): Promise<void> {
  const timer = setTimeout(() => service.signal('SIGKILL'), STOP_LIMIT_MS);
  await service.terminate();
  clearTimeout(timer);
}
