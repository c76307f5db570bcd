/** The way of a query as it happens: each state that is new to the listener, until the last. */
import type { QueryState } from '@revier/schema';
import type { Principal } from '../access/principal.ts';
import type { Broker } from '../ports.ts';
import { progressTopic } from '../topics.ts';
import { isEnded, readQuery, stateOf } from './read-query.ts';
import { waitFor } from './wait-for.ts';

/** Seconds of silence after which the listener hears that somebody is still there. */
const SILENCE = 15;

export interface Listener {
  readonly principal: Principal;
  /** The name of the last state that it has heard of, if any. */
  readonly heard: string | undefined;
  /** Aborted when it goes away, or the service closes. */
  readonly signal: AbortSignal;
}

/** Null is a sign of life. @throws AppError NOT_FOUND */
export async function* followQuery(
  broker: Broker,
  queryId: string,
  { principal, heard, signal }: Listener,
): AsyncGenerator<QueryState | null> {
  let last = heard;
  const look = async (): Promise<QueryState | undefined> => {
    const state = stateOf(await readQuery(broker, principal, 'query.follow', queryId));
    return nameOf(state) === last ? undefined : state;
  };
  while (!signal.aborted) {
    const state = await waitFor(broker.wakes, progressTopic(queryId), look, { seconds: SILENCE, signal });
    yield state ?? null;
    if (state === undefined) continue;
    if (isEnded(state)) return;
    last = nameOf(state);
  }
}

/** States of one query only ever go forward, so each has a name of its own. */
export const nameOf = ({ state, progress: { answered, refused } }: QueryState): string =>
  `${state}-${answered}-${refused}`;
