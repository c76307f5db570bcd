/** The result of a dry run: made of the signed receipts each time it is read, for the person who asked and for nobody else. */
import { AppError, type DryRunResult } from '@revier/schema';
import type { Principal } from '../access/principal.ts';
import { composeDryRun } from '../answer/compose-dry-run.ts';
import type { Broker } from '../ports.ts';
import { queryTopic } from '../topics.ts';
import { readQuery } from './read-query.ts';
import { type Patience, waitFor } from './wait-for.ts';

/** @throws AppError NOT_FOUND, also for a query that is no dry run, and while there is no result */
export async function readDryRun(
  broker: Broker,
  principal: Principal,
  queryId: string,
  patience: Patience,
): Promise<DryRunResult> {
  const { dryRun } = await readQuery(broker, principal, 'answer.read', queryId);
  const found = dryRun ? await awaitDryRun(broker, queryId, patience) : undefined;
  if (found === undefined)
    throw new AppError('NOT_FOUND', { detail: dryRun ? 'It has not ended yet, or was cancelled.' : 'No dry run.' });
  return found;
}

/** Undefined when there is none in time, or never will be. */
export async function awaitDryRun(
  broker: Broker,
  queryId: string,
  patience: Patience,
): Promise<DryRunResult | undefined> {
  const look = async (): Promise<DryRunResult | null | undefined> => {
    const query = await broker.queries.find(queryId);
    if (query?.answered !== true) return undefined;
    if (query.progress.outcome === 'cancelled') return null;
    return composeDryRun(query, await broker.vocabulary(query.envelope.catalogue));
  };
  return (await waitFor(broker.wakes, queryTopic(queryId), look, patience)) ?? undefined;
}
