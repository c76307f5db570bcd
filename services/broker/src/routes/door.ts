/** The door: whoever must be known is known, and has not had too much, before anybody reads what they bring. */
import type { HttpApp } from '@revier/service-kit';
import type { Broker } from '../ports.ts';
import { participantOf, personOf } from './caller.ts';
import type { Spend } from './rates.ts';

/** For every route whose description has `security`. */
export function keepDoor(app: HttpApp, broker: () => Broker, spend: Spend): void {
  app.addHook('onRequest', async (request) => {
    const { url = '', schema } = request.routeOptions;
    if (schema?.security === undefined) return;
    if (url.startsWith('/v1/node/')) await spend(request, 'nodeCallsPerMinute', await participantOf(broker(), request));
    else await spend(request, 'readsPerMinute', await personOf(broker(), request));
  });
}
