/** The person wants no answer any more: nobody is asked from now on, and what still comes does not count. */
import type { Principal } from '../access/principal.ts';
import type { Broker } from '../ports.ts';
import { readQuery } from './read-query.ts';
import { stepQuery } from './step-query.ts';

/** What has ended stays as it is. @throws AppError NOT_FOUND, also for the query of another person */
export async function cancelQuery(broker: Broker, principal: Principal, queryId: string): Promise<void> {
  const query = await readQuery(broker, principal, 'query.cancel', queryId);
  const step = await stepQuery(broker, queryId, { kind: 'cancelled' });
  if (step?.effects.some(({ kind }) => kind === 'ended')) broker.observer.ended(query, 'cancelled');
}
