/** A founded folder made ready to run as processes: ports and settings are written into it, and each member becomes a service. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadProfile, type Profile } from '@revier/cli';
import { folders } from '@revier/laptop';
import { freePort } from '@revier/testkit';
import { type Environment, type Service, serviceOf } from './service.ts';

export interface ToLayOut<S extends string> {
  /** A founded federation. */
  readonly folder: string;
  readonly slugs: readonly S[];
  /** Of the broker; a free one when left out. */
  readonly port?: number | undefined;
  readonly brokerEnv?: Environment;
  readonly brokerSettings: object;
  /** Where a node finds the broker, when not at the broker itself. */
  readonly brokerUrlFor?: ((slug: S, brokerUrl: string) => string) | undefined;
}

export interface LaidOut<S extends string> {
  readonly broker: Service;
  readonly brokerUrl: string;
  readonly profile: Profile;
  nodeOf(slug: S): Service;
}

export async function layOut<S extends string>(options: ToLayOut<S>): Promise<LaidOut<S>> {
  const { folder, slugs, brokerSettings, brokerUrlFor = (_slug, url) => url } = options;
  const places = folders(folder);
  const port = options.port ?? (await freePort());
  const brokerUrl = `http://127.0.0.1:${port}`;
  await setPort(places.broker, port);
  await changeBroker(places.broker, brokerSettings);
  for (const slug of slugs)
    await rewrite(join(places.node(slug), 'node.json'), ({ broker, ...node }) => ({
      ...node,
      broker: { ...Object(broker), url: brokerUrlFor(slug, brokerUrl) },
    }));
  const service = (name: string, room: string, own: string, env: Environment = {}) =>
    serviceOf({ name, main: `services/${room}/src/main.ts`, folder: own, env });
  const { user } = places;
  const profile = await loadProfile({ file: join(user, 'profile.json'), cwd: user, home: user });
  return {
    broker: service('broker', 'broker', places.broker, options.brokerEnv),
    nodeOf: (slug) => service(slug, 'registry-node', places.node(slug)),
    brokerUrl,
    profile: { ...profile, broker: brokerUrl },
  };
}

export const setPort = (brokerFolder: string, port: number): Promise<void> =>
  changeBroker(brokerFolder, { listen: { host: '127.0.0.1', port } });

export const changeBroker = (folder: string, settings: object): Promise<void> =>
  rewrite(join(folder, 'broker.json'), (broker) => ({ ...broker, ...settings }));

async function rewrite(file: string, change: (settings: Record<string, unknown>) => unknown): Promise<void> {
  await writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, 'utf8')))));
}
