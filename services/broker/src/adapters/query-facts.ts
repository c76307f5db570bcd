/** What never changes of a query and its tasks, kept: every message needs it, and reading a large envelope takes milliseconds. */
import type { Kysely } from 'kysely';
import type { BrokerTables } from '../db/tables.ts';
import type { FoundTask, QueryFacts, TaskFacts } from '../query-ports.ts';
import { factsOf } from './query-rows.ts';

/** Queries under way at a time; an envelope that names 1,000 holders takes half a megabyte. */
const KEPT = 64;

interface Known {
  readonly query: Promise<QueryFacts | undefined>;
  readonly tasks: Map<string, TaskFacts>;
}

export interface ReadFacts {
  (queryId: string): Promise<QueryFacts | undefined>;
  /** Just written, so nobody has to read it. */
  keep(facts: QueryFacts, tasks: readonly TaskFacts[]): void;
  /** Read with something else. */
  keepTask(queryId: string, task: TaskFacts): void;
  /** Undefined when nobody has kept it. */
  task(taskId: string): Promise<FoundTask | undefined>;
}

export function queryFacts(db: Kysely<BrokerTables>): ReadFacts {
  const kept = new Map<string, Known>();
  /** By task, of all queries that are kept. */
  const queryOf = new Map<string, string>();
  const read = async (queryId: string): Promise<QueryFacts | undefined> => {
    const row = await db.selectFrom('queries').selectAll().where('query_id', '=', queryId).executeTakeFirst();
    return row && factsOf(row);
  };
  const drop = (queryId: string): void => {
    for (const taskId of kept.get(queryId)?.tasks.keys() ?? []) queryOf.delete(taskId);
    kept.delete(queryId);
  };
  const keep = (queryId: string, known: Known): void => {
    kept.delete(queryId);
    kept.set(queryId, known);
    const [oldest] = kept.size > KEPT ? kept.keys() : [];
    if (oldest !== undefined) drop(oldest);
  };
  const keepTask = (queryId: string, task: TaskFacts): void => {
    kept.get(queryId)?.tasks.set(task.taskId, task);
    if (kept.has(queryId)) queryOf.set(task.taskId, queryId);
  };
  const factsOfQuery = async (queryId: string): Promise<QueryFacts | undefined> => {
    const known = kept.get(queryId) ?? { query: read(queryId), tasks: new Map() };
    keep(queryId, known);
    try {
      const facts = await known.query;
      if (facts === undefined) drop(queryId);
      return facts;
    } catch (error) {
      drop(queryId);
      throw error;
    }
  };
  return Object.assign(factsOfQuery, {
    keep: (facts: QueryFacts, tasks: readonly TaskFacts[]) => {
      keep(facts.queryId, { query: Promise.resolve(facts), tasks: new Map() });
      for (const task of tasks) keepTask(facts.queryId, task);
    },
    keepTask,
    task: async (taskId: string) => {
      const known = kept.get(queryOf.get(taskId) ?? '');
      const task = known?.tasks.get(taskId);
      const query = task && (await known?.query);
      return query && task && { query, task };
    },
  });
}
