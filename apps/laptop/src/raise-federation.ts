/** Raising: the broker and every node start from their folders, in one process, talking over HTTP on loopback as they would apart. */
import { type BrokerOptions, openBrokerFolder, type RunningBroker, startBroker } from '@revier/broker';
import { openNodeFolder, startNode } from '@revier/registry-node';
import type { Logger, Records } from '@revier/service-kit';
import { raiseLogIn } from './demo-log-in.ts';
import type { FederationSpec } from './federation-spec.ts';
import { folders } from './folders.ts';

export interface Raising {
  readonly spec: Pick<FederationSpec, 'broker' | 'dataUser' | 'holders'>;
  readonly folder: string;
  readonly port: number;
  readonly logger: Logger;
  readonly portTaken: (port: number) => void;
}

export interface Federation {
  /** Where the broker listens. */
  readonly url: string;
  /** Where people log in. */
  readonly issuer: string;
  close(): Promise<void>;
}

/** Whatever was opened is closed again, in reverse order, when something after it fails. */
export async function raiseFederation(raising: Raising): Promise<Federation> {
  const opened: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of opened.reverse()) await end();
  };
  try {
    const settings = await openBrokerFolder(folders(raising.folder).broker, { logger: raising.logger });
    const { records } = settings;
    opened.push(() => records.close());
    const logIn = await onPort(raising, raising.port === 0 ? 0 : raising.port + 1, (port) =>
      raiseLogIn({ spec: raising.spec, folder: folders(raising.folder).logIn, port }),
    );
    opened.push(() => logIn.close());
    const broker = await raiseBroker(raising, { ...settings, people: { issuer: logIn.issuer } });
    opened.push(() => broker.close());
    const nodes = await Promise.all(
      raising.spec.holders.map(({ slug }) => raiseNode(raising, records, broker.url, slug)),
    );
    opened.push(async () => {
      await Promise.all(nodes.map((node) => node.close()));
    });
    // One that its holder has stopped stays so; the others work.
    await Promise.all(nodes.filter((node) => !node.isStopped()).map((node) => node.published()));
    return { url: broker.url, issuer: logIn.issuer, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const raiseBroker = (raising: Raising, settings: BrokerOptions): Promise<RunningBroker> =>
  onPort(raising, raising.port, (port) => startBroker({ ...settings, listen: { host: '127.0.0.1', port } }));

/** A taken port is no reason to stay down: the profile is told where everybody listens. */
async function onPort<T>({ portTaken }: Raising, port: number, start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(port);
  } catch (error) {
    if (!isTaken(error)) throw error;
    portTaken(port);
    return start(0);
  }
}

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

async function raiseNode({ folder, logger }: Raising, records: Records, url: string, slug: string) {
  const opened = await openNodeFolder(folders(folder).node(slug), { records, logger: logger.child({ node: slug }) });
  const node = await startNode({ ...opened.options, broker: { ...opened.options.broker, url } });
  return {
    isStopped: () => node.isStopped(),
    published: () => node.published(),
    close: async () => {
      await node.close();
      await opened.close();
    },
  };
}
