/** The admin interface put together: frame, health, routes. */
import {
  addMetricsRoute,
  createHttp,
  type HttpApp,
  type HttpOptions,
  httpTimes,
  type Metrics,
} from '@revier/service-kit';
import { type AdminDeps, addAdminRoutes } from './routes/admin.ts';
import { type AgreementRoutes, addAgreementRoutes } from './routes/agreements.ts';
import { type AuditDeps, addAuditRoutes } from './routes/audit.ts';
import { addInboxRoutes, type InboxRoutes } from './routes/inbox.ts';
import { addIncidentRoutes, type IncidentRoutes } from './routes/incident.ts';

interface AdminOptions extends Pick<HttpOptions, 'logger' | 'checks'> {
  readonly metrics: Metrics;
}

export async function createAdmin(
  deps: AdminDeps,
  audit: AuditDeps & IncidentRoutes & AgreementRoutes,
  inbox: InboxRoutes,
  { metrics, ...options }: AdminOptions,
): Promise<HttpApp> {
  const app = await createHttp({
    name: 'Revier registry-node',
    description: 'The loopback port of a data holder’s node. Everything else goes out, nothing comes in.',
    ...options,
    onAnswer: httpTimes(metrics),
  });
  addAdminRoutes(app, deps);
  addAuditRoutes(app, audit);
  addIncidentRoutes(app, audit);
  addInboxRoutes(app, inbox);
  addAgreementRoutes(app, audit);
  addMetricsRoute(app, metrics);
  return app;
}
