/** The broker's interface: the frame of every service, then its routes, one by one. */
import { createHttp, type HttpApp, type HttpOptions } from '@revier/service-kit';
import type { Broker } from './ports.ts';
import { securitySchemes } from './routes/caller.ts';
import { eventRoutes } from './routes/events.ts';
import { nodeRoutes } from './routes/node.ts';
import { publishedRoutes } from './routes/published.ts';
import { queryRoutes } from './routes/queries.ts';

export interface AppOptions extends Pick<HttpOptions, 'logger' | 'checks' | 'onAnswer'> {
  /** Asked at each request. */
  readonly broker: () => Broker;
}

export async function createApp({ broker, ...options }: AppOptions): Promise<HttpApp> {
  const app = await createHttp({
    name: 'Revier broker',
    description: 'Federated questions to decentralised social-medical registers, answered by anonymised statistics.',
    securitySchemes,
    ...options,
  });
  publishedRoutes(app, broker);
  queryRoutes(app, broker);
  eventRoutes(app, broker);
  nodeRoutes(app, broker);
  return app;
}
