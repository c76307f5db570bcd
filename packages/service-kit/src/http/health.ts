/** Is the process alive, and can it work? For whoever runs the service; no data, no counts. */
import { AppError } from '@revier/schema';
import type { FastifyInstance } from 'fastify';

/** Rejects (or hangs) when the thing that it looks at cannot be used. */
export type HealthCheck = () => Promise<unknown>;

const CHECK_LIMIT_MS = 2_000;

export function addHealthRoutes(app: FastifyInstance, checks: Readonly<Record<string, HealthCheck>>): void {
  app.get('/health/live', { schema: { hide: true } }, async () => ({ status: 'live' }));
  app.get('/health/ready', { schema: { hide: true } }, async () => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => ({ name, up: await isUp(check) })),
    );
    const down = results.filter(({ up }) => !up).map(({ name }) => name);
    if (down.length > 0) throw new AppError('NOT_READY', { detail: `Not available: ${down.join(', ')}.` });
    return { status: 'ready' };
  });
}

async function isUp(check: HealthCheck): Promise<boolean> {
  const { promise: limit, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), CHECK_LIMIT_MS);
  try {
    return await Promise.race([check().then(() => true), limit]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
