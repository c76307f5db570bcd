/** A port for this machine alone, which a page in a browser on it must not reach either. */
import { AppError } from '@revier/schema';
import type { FastifyInstance } from 'fastify';

/** Neither by a name of its own for us nor by a form. */
export function forLoopbackOnly(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ hostname, headers }) => {
    if (headers.origin !== undefined || !['127.0.0.1', 'localhost'].includes(hostname)) throw new AppError('FORBIDDEN');
  });
}
