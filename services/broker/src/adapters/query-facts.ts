/** What never changes of a query, kept: every message about it needs it, and reading a large envelope takes milliseconds. */
import type { Kysely } from 'kysely';
import type { BrokerTables } from '../db/tables.ts';
import type { QueryFacts } from '../ports.ts';
import { factsOf } from './query-rows.ts';

/** Queries under way at a time; an envelope that names 1,000 holders takes half a megabyte. */
const KEPT = 64;

export type ReadFacts = (queryId: string) => Promise<QueryFacts | undefined>;

export function queryFacts(db: Kysely<BrokerTables>): ReadFacts {
  const kept = new Map<string, Promise<QueryFacts | undefined>>();
  const read: ReadFacts = async (queryId) => {
    const row = await db.selectFrom('queries').selectAll().where('query_id', '=', queryId).executeTakeFirst();
    return row && factsOf(row);
  };
  return async (queryId) => {
    const found = kept.get(queryId) ?? read(queryId);
    kept.delete(queryId);
    kept.set(queryId, found);
    for (const oldest of [...kept.keys()].slice(0, -KEPT)) kept.delete(oldest);
    try {
      const facts = await found;
      if (facts === undefined) kept.delete(queryId);
      return facts;
    } catch (error) {
      kept.delete(queryId);
      throw error;
    }
  };
}
