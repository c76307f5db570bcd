/** What never changes of a query, kept: every message about it needs it, and reading a large envelope takes milliseconds. */
import type { Kysely } from 'kysely';
import type { BrokerTables } from '../db/tables.ts';
import type { QueryFacts } from '../ports.ts';
import { factsOf } from './query-rows.ts';

/** Queries under way at a time; an envelope that names 1,000 holders takes half a megabyte. */
const KEPT = 64;

export interface ReadFacts {
  (queryId: string): Promise<QueryFacts | undefined>;
  /** Just written, so nobody has to read it. */
  keep(facts: QueryFacts): void;
}

export function queryFacts(db: Kysely<BrokerTables>): ReadFacts {
  const kept = new Map<string, Promise<QueryFacts | undefined>>();
  const read = async (queryId: string): Promise<QueryFacts | undefined> => {
    const row = await db.selectFrom('queries').selectAll().where('query_id', '=', queryId).executeTakeFirst();
    return row && factsOf(row);
  };
  const keep = (queryId: string, found: Promise<QueryFacts | undefined>): void => {
    kept.delete(queryId);
    kept.set(queryId, found);
    for (const oldest of [...kept.keys()].slice(0, -KEPT)) kept.delete(oldest);
  };
  const factsOfQuery = async (queryId: string): Promise<QueryFacts | undefined> => {
    const found = kept.get(queryId) ?? read(queryId);
    keep(queryId, found);
    try {
      const facts = await found;
      if (facts === undefined) kept.delete(queryId);
      return facts;
    } catch (error) {
      kept.delete(queryId);
      throw error;
    }
  };
  return Object.assign(factsOfQuery, { keep: (facts: QueryFacts) => keep(facts.queryId, Promise.resolve(facts)) });
}
