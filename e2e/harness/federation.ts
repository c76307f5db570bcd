/** A federation of separate processes over a founded folder: one broker, four nodes, and somebody who asks. */

import { ask, type Profile } from '@revier/cli';
import { readQuestion } from '@revier/laptop';
import type { Answer, QuestionInput } from '@revier/schema';
import { type Decision, decisionsOf, isConnected, isReady } from './health.ts';
import { layOut } from './lay-out.ts';
import { type Slug, slugs } from './members.ts';
import type { Environment, Service } from './service.ts';
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
  const { folder, brokerEnv = {}, brokerPort: port, brokerUrlFor } = options;
  // What crashes here comes back in a second or two.
  const brokerSettings = { redeliverSeconds: REDELIVER_SECONDS };
  const laid = await layOut({ folder, slugs, port, brokerEnv, brokerSettings, brokerUrlFor });
  const { broker, brokerUrl, profile, nodeOf } = laid;
  const nodes = {
    krebsregister: nodeOf('krebsregister'),
    bochum: nodeOf('bochum'),
    essen: nodeOf('essen'),
    gelsenkirchen: nodeOf('gelsenkirchen'),
  };
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

async function workTogether(all: readonly Service[], broker: Service): Promise<void> {
  for (const service of all.filter((one) => one.isRunning()))
    await until(`${service.name} is ready`, async () =>
      service === broker ? isReady(service.url()) : isConnected(service.url()),
    );
}

export const askedFor = ({ question = flagship, least }: AskingOptions): QuestionInput =>
  least === undefined ? question : { ...question, holders: { least } };

/** By the command line's own way; an answer that does not verify rejects. */
export async function askVerified(profile: Profile, asking: AskingOptions = {}): Promise<Answer> {
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
