/** Raising: the broker and every node start from their folders, in one process, talking over HTTP on loopback as they would apart. */
import { type BrokerOptions, openBrokerFolder, type RunningBroker, startBroker } from '@revier/broker';
import { openNodeFolder, startNode } from '@revier/registry-node';
import type { Logger, Records } from '@revier/service-kit';
import type { FederationSpec } from './federation-spec.ts';
import { folders } from './folders.ts';

export interface Raising {
  readonly spec: Pick<FederationSpec, 'holders'>;
  readonly folder: string;
  readonly port: number;
  readonly logger: Logger;
  readonly portTaken: (port: number) => void;
}

export interface Federation {
  /** Where the broker listens. */
  readonly url: string;
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
    const broker = await raiseBroker(raising, settings);
    opened.push(() => broker.close());
    const nodes = await Promise.all(
      raising.spec.holders.map(({ slug }) => raiseNode(raising, records, broker.url, slug)),
    );
    opened.push(async () => {
      await Promise.all(nodes.map((node) => node.close()));
    });
    // One that its holder has stopped stays so; the others work.
    await Promise.all(nodes.filter((node) => !node.isStopped()).map((node) => node.published()));
    return { url: broker.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A taken port is no reason to stay down: the profile is told where the broker listens. */
async function raiseBroker({ port, portTaken }: Raising, settings: BrokerOptions): Promise<RunningBroker> {
  const start = (on: number) => startBroker({ ...settings, listen: { host: '127.0.0.1', port: on } });
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
