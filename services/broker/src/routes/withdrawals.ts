/** Where holders hand in what they withdraw. */
import { WithdrawalDelivery } from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import type { Broker } from '../ports.ts';
import { takeWithdrawal } from '../use-cases/take-withdrawal.ts';
import { BEARER, participantOf } from './caller.ts';
import { noContent } from './replies.ts';

export function withdrawalRoutes(app: HttpApp, broker: () => Broker): void {
  app.put(
    '/v1/node/withdrawal',
    {
      schema: {
        tags: ['node'],
        security: BEARER,
        summary: 'You withdraw your part of answers; whoever asked is shown your signed word',
        body: WithdrawalDelivery,
        response: { 204: noContent },
      },
    },
    async (request, reply) => {
      await takeWithdrawal(broker(), await participantOf(broker(), request), request.body.withdrawal);
      return reply.code(204).send(null);
    },
  );
}
