/** Tells "nothing here" from "not with this method": 404, or 405 with an Allow header (RFC 9110, section 15.5.6). */
import type { FastifyInstance } from 'fastify';
import findMyWay from 'find-my-way';
import { sendProblem } from './problems.ts';

/** The methods that our interfaces use. */
const methods = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'] as const;

/** Must be called before the first route is added. */
export function answerUnknownRoutes(app: FastifyInstance): void {
  const router = findMyWay();
  app.addHook('onRoute', (route) => {
    const offered = new Set<string>([route.method].flat());
    for (const method of methods) {
      if (offered.has(method) && !router.hasRoute(method, route.url)) router.on(method, route.url, () => {});
    }
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const allowed = methods.filter((method) => router.find(method, path) !== null);
    if (allowed.length === 0) return sendProblem(reply, 'NOT_FOUND');
    return sendProblem(reply.header('allow', allowed.join(', ')), 'METHOD_NOT_ALLOWED');
  });
}
