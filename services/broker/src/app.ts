/** The broker's interface: the frame of every service, then its routes, one by one. */
import { createHttp, type HealthCheck, type HttpApp, type Logger } from '@revier/service-kit';
import type { Broker } from './ports.ts';
import { securitySchemes } from './routes/caller.ts';
import { eventRoutes } from './routes/events.ts';
import { nodeRoutes } from './routes/node.ts';
import { publishedRoutes } from './routes/published.ts';
import { queryRoutes } from './routes/queries.ts';

export interface AppOptions {
  readonly logger: Logger;
  readonly checks?: Readonly<Record<string, HealthCheck>>;
  /** Asked at each request. */
  readonly broker: () => Broker;
}

export async function createApp({ logger, checks, broker }: AppOptions): Promise<HttpApp> {
  const app = await createHttp({
    name: 'Revier broker',
    description: 'Federated questions to decentralised social-medical registers, answered by anonymised statistics.',
    securitySchemes,
    logger,
    ...(checks === undefined ? {} : { checks }),
  });
  publishedRoutes(app, broker);
  queryRoutes(app, broker);
  eventRoutes(app, broker);
  nodeRoutes(app, broker);
  return app;
}
