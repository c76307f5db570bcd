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
  const read = async (queryId: string): Promise<QueryFacts | undefined> => {
    const row = await db.selectFrom('queries').selectAll().where('query_id', '=', queryId).executeTakeFirst();
    return row && factsOf(row);
  };
  const keep = (queryId: string, known: Known): void => {
    kept.delete(queryId);
    kept.set(queryId, known);
    const [oldest] = kept.size > KEPT ? kept.keys() : [];
    if (oldest !== undefined) kept.delete(oldest);
  };
  const factsOfQuery = async (queryId: string): Promise<QueryFacts | undefined> => {
    const known = kept.get(queryId) ?? { query: read(queryId), tasks: new Map() };
    keep(queryId, known);
    try {
      const facts = await known.query;
      if (facts === undefined) kept.delete(queryId);
      return facts;
    } catch (error) {
      kept.delete(queryId);
      throw error;
    }
  };
  return Object.assign(factsOfQuery, {
    keep: (facts: QueryFacts, tasks: readonly TaskFacts[]) =>
      keep(facts.queryId, {
        query: Promise.resolve(facts),
        tasks: new Map(tasks.map((task) => [task.taskId, task])),
      }),
    keepTask: (queryId: string, task: TaskFacts) => kept.get(queryId)?.tasks.set(task.taskId, task),
    task: async (taskId: string) => {
      for (const { query: facts, tasks } of kept.values()) {
        const task = tasks.get(taskId);
        const query = task && (await facts);
        if (query !== undefined && task !== undefined) return { query, task };
      }
      return undefined;
    },
  });
}
