/** Where participants post letters to each other, and fetch theirs. */
import { LetterList, LetterQuery, LetterToSend } from '@revier/schema';
import { type HttpApp, requestEnd } from '@revier/service-kit';
import type { Broker } from '../ports.ts';
import { lettersTo, takeLetter } from '../use-cases/take-letter.ts';
import { BEARER, participantOf } from './caller.ts';
import type { Spend } from './rates.ts';
import { noContent } from './replies.ts';

const tags = ['letters'];
/** An agreement with the application beside it, encoded twice. */
const LARGEST = 12 * 1024 * 1024;

export function letterRoutes(app: HttpApp, broker: () => Broker, spend: Spend): void {
  app.post(
    '/v1/letters',
    {
      bodyLimit: LARGEST,
      schema: {
        tags,
        security: BEARER,
        summary: 'Send a letter that you have signed to another participant; the same one again is harmless',
        body: LetterToSend,
        response: { 204: noContent },
      },
    },
    async (request, reply) => {
      const caller = await participantOf(broker(), request);
      await spend(request, 'lettersPerMinute', caller);
      await takeLetter(broker(), caller, request.body);
      return reply.code(204).send(null);
    },
  );
  app.get(
    '/v1/letters',
    {
      schema: {
        tags,
        security: BEARER,
        summary: 'Long poll for letters to you, from the one after `after` on',
        querystring: LetterQuery,
        response: { 200: LetterList },
      },
    },
    async (request) => {
      const { after, wait } = request.query;
      const caller = await participantOf(broker(), request);
      return lettersTo(broker(), caller, after, { seconds: wait, signal: requestEnd(request) });
    },
  );
}
