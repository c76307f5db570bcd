/** The way of a query as server-sent events, and the wish to end it. */
import { Readable } from 'node:stream';
import { QueryState, type QueryState as State, Uuid } from '@revier/schema';
import { type HttpApp, requestEnd } from '@revier/service-kit';
import { z } from 'zod';
import type { Broker } from '../ports.ts';
import { cancelQuery } from '../use-cases/cancel-query.ts';
import { followQuery, nameOf } from '../use-cases/follow-query.ts';
import { isEnded, readQuery, stateOf } from '../use-cases/read-query.ts';
import { PERSON, principalOf } from './caller.ts';
import { noContent, rawReply } from './replies.ts';

const tags = ['queries'];
const ById = z.strictObject({ queryId: Uuid });
const EventHeaders = z.looseObject({ 'last-event-id': z.string().max(60).optional() });
/** Milliseconds until a client that was cut off comes again. */
const RETRY_MS = 2_000;

export function eventRoutes(app: HttpApp, broker: () => Broker): void {
  app.get(
    '/v1/queries/:queryId/events',
    {
      // There is nothing to learn from the headers alone.
      exposeHeadRoute: false,
      schema: {
        tags,
        security: PERSON,
        summary: 'The way of a query of yours, as it happens',
        description: `Server-sent events \`state\`, each with a QueryState: first the present one, last the final one. After Last-Event-ID only what is new; 204 when that was the final one.`,
        params: ById,
        headers: EventHeaders,
        response: {
          200: rawReply('text/event-stream', 'Events until the query has ended', z.string()),
          204: noContent,
        },
      },
    },
    async (request, reply) => {
      const principal = await principalOf(broker(), request);
      const { queryId } = request.params;
      const heard = request.headers['last-event-id'];
      const state = stateOf(await readQuery(broker(), principal, 'query.follow', queryId));
      if (isEnded(state) && nameOf(state) === heard) return reply.code(204).send(null);
      const states = followQuery(broker(), queryId, { principal, heard, signal: requestEnd(request) });
      // Its connection ends with it: kept alive, it would hold up a service that closes.
      reply.headers({ connection: 'close', 'x-accel-buffering': 'no' });
      return reply.type('text/event-stream').send(Readable.from(eventsOf(states)));
    },
  );
  app.delete(
    '/v1/queries/:queryId',
    {
      schema: {
        tags,
        security: PERSON,
        summary: 'End a query of yours: nobody is asked any more, and no answer comes',
        params: ById,
        response: { 204: noContent },
      },
    },
    async (request, reply) => {
      await cancelQuery(broker(), await principalOf(broker(), request), request.params.queryId);
      return reply.code(204).send(null);
    },
  );
}

async function* eventsOf(states: AsyncIterable<State | null>): AsyncGenerator<string> {
  yield `retry: ${RETRY_MS}\n\n`;
  for await (const state of states)
    yield state === null
      ? ': still there\n\n'
      : `id: ${nameOf(state)}\nevent: state\ndata: ${JSON.stringify(QueryState.parse(state))}\n\n`;
}
