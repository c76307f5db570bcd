/** Where holders state how their agreements stand. */
import { StatusDelivery } from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import type { Broker } from '../ports.ts';
import { takeStatuses } from '../use-cases/take-statuses.ts';
import { BEARER, participantOf } from './caller.ts';
import { noContent } from './replies.ts';

export function statusRoutes(app: HttpApp, broker: () => Broker): void {
  app.put(
    '/v1/node/statuses',
    {
      schema: {
        tags: ['node'],
        security: BEARER,
        summary: 'You state how your agreements stand; what is suspended or revoked is not published any more',
        body: StatusDelivery,
        response: { 204: noContent },
      },
    },
    async (request, reply) => {
      await takeStatuses(broker(), await participantOf(broker(), request), request.body.statuses);
      return reply.code(204).send(null);
    },
  );
}
