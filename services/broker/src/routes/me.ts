/** What the broker makes of a caller: for people, and programs, that wonder why they may not. */
import { Me } from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import { meOf } from '../access/principal.ts';
import type { Broker } from '../ports.ts';
import { assertMay, PERSON, principalOf } from './caller.ts';

export function personRoutes(app: HttpApp, broker: () => Broker): void {
  app.get(
    '/v1/me',
    { schema: { tags: ['people'], security: PERSON, summary: 'Who you are here', response: { 200: Me } } },
    async (request) => {
      const principal = await principalOf(broker(), request);
      assertMay(broker(), principal, { action: 'me.read' });
      return meOf(principal);
    },
  );
}
