/** The admin interface put together: frame, health, routes. */
import { createHttp, type HttpApp, type HttpOptions } from '@revier/service-kit';
import { type AdminDeps, addAdminRoutes } from './routes/admin.ts';

export async function createAdmin(deps: AdminDeps, options: Pick<HttpOptions, 'logger' | 'checks'>): Promise<HttpApp> {
  const app = await createHttp({
    name: 'Revier registry-node',
    description: 'The loopback port of a data holder’s node. Everything else goes out, nothing comes in.',
    ...options,
  });
  addAdminRoutes(app, deps);
  return app;
}
