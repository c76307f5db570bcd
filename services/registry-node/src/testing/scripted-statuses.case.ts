/** What a scripted broker is told of agreements: status statements, verified, in the order in which they came. */
import { resolver, type Trust, verifyCompact } from '@revier/connector-sdk';
import { type ParticipantId, StatusDelivery, StatusStatement } from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import type { FastifyRequest } from 'fastify';

export interface ToldStatus {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly statement: StatusStatement;
}

interface Parts {
  readonly statuses: ToldStatus[];
  readonly nodeOf: (request: FastifyRequest) => Promise<ParticipantId>;
  readonly trust: Trust;
}

export function addStatuses(app: HttpApp, { statuses, nodeOf, trust }: Parts): void {
  app.put('/v1/node/statuses', { schema: { body: StatusDelivery } }, async (request, reply) => {
    const resolve = resolver(trust, { participant: await nodeOf(request) });
    for (const jws of request.body.statuses) {
      const statement = await verifyCompact(jws, 'revier-status+jws', StatusStatement, resolve);
      statuses.push({ at: Date.now(), statement });
    }
    return reply.code(204).send();
  });
}
