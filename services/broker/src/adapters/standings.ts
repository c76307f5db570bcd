/** Where queries stand: as the records say, or as this process has left them, which it remembers. */
import type { Kysely } from 'kysely';
import type { BrokerTables } from '../db/tables.ts';
import type { Progress } from '../progress/advance.ts';
import { stageOf, taskProgressOf } from './query-rows.ts';

export interface Standing {
  /** How often the query has moved on. */
  readonly steps: number;
  readonly progress: Progress;
}

/** Queries under way at a time. */
const KEPT = 64;

export interface Standings {
  /** As this process knows it: another one may have moved it on, so it counts only where the records agree. */
  known(queryId: string): Standing | undefined;
  keep(queryId: string, standing: Standing): void;
}

export function standingsKept(): Standings {
  const kept = new Map<string, Standing>();
  return {
    known: (queryId) => kept.get(queryId),
    keep(queryId, standing) {
      kept.delete(queryId);
      kept.set(queryId, standing);
      const [oldest] = kept.size > KEPT ? kept.keys() : [];
      if (oldest !== undefined) kept.delete(oldest);
    },
  };
}

/** In one statement, so that query and tasks are of one moment. */
export async function readStanding(db: Kysely<BrokerTables>, queryId: string): Promise<Standing | undefined> {
  const rows = await db
    .selectFrom('queries')
    .innerJoin('tasks', 'tasks.query_id', 'queries.query_id')
    .select(['queries.steps', 'queries.stage as begun', 'stage_ends', 'ends', 'least', 'outcome'])
    .select(['task_id', 'holder', 'tasks.stage', 'status'])
    .where('queries.query_id', '=', queryId)
    .orderBy('tasks.stage')
    .orderBy('dataset')
    .execute();
  const [query] = rows;
  if (query === undefined) return undefined;
  return {
    steps: query.steps,
    progress: { ...stageOf({ ...query, stage: query.begun }), tasks: rows.map(taskProgressOf) },
  };
}
