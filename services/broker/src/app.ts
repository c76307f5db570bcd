/** The broker's interface: the frame of every service, then its routes, one by one. */
import { createHttp, type HttpApp, type HttpOptions } from '@revier/service-kit';
import type { Broker } from './ports.ts';
import { securitySchemes } from './routes/caller.ts';
import { checkpointRoutes } from './routes/checkpoints.ts';
import { keepDoor } from './routes/door.ts';
import { eventRoutes } from './routes/events.ts';
import { letterRoutes } from './routes/letters.ts';
import { personRoutes } from './routes/me.ts';
import { nodeRoutes } from './routes/node.ts';
import { operatorRoutes } from './routes/operator.ts';
import { projectRoutes } from './routes/projects.ts';
import { publishedRoutes } from './routes/published.ts';
import { queryRoutes } from './routes/queries.ts';
import { ratesOf } from './routes/rates.ts';
import { statusRoutes } from './routes/statuses.ts';
import { trustRoutes } from './routes/trust.ts';
import { withdrawalRoutes } from './routes/withdrawals.ts';

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
  const spend = await ratesOf(app, () => broker().limits);
  keepDoor(app, broker, spend);
  publishedRoutes(app, broker);
  queryRoutes(app, broker, spend);
  eventRoutes(app, broker);
  personRoutes(app, broker);
  nodeRoutes(app, broker);
  trustRoutes(app, broker, spend);
  operatorRoutes(app, broker);
  checkpointRoutes(app, broker);
  withdrawalRoutes(app, broker);
  statusRoutes(app, broker);
  projectRoutes(app, broker);
  letterRoutes(app, broker, spend);
  return app;
}
