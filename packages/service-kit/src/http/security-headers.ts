/** Headers that every answer carries; a route that needs another value sets its own. */
import type { FastifyInstance, FastifyRequest } from 'fastify';

const headers: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headersOf(request));
  });
}

export const headersOf = (request: FastifyRequest): Record<string, string> => ({
  ...headers,
  'x-request-id': request.id,
});
