/** The queries of one person, page by page; and how many are under way. */
import { type Kysely, sql } from 'kysely';
import type { BrokerTables } from '../db/tables.ts';
import type { ListPage, QueryStore, QuerySummary } from '../query-ports.ts';
import { factsOf, stageOf, taskProgressOf } from './query-rows.ts';

type Db = Kysely<BrokerTables>;

export const queryList = (db: Db): Pick<QueryStore, 'list' | 'countUnanswered'> => ({
  list: (persons, page) => listQueries(db, persons, page),
  countUnanswered: async (person) => {
    const { count } = await db
      .selectFrom('queries')
      .select((select) => select.fn.countAll<string>().as('count'))
      .where('person', '=', person)
      .where('answered', 'is', null)
      .executeTakeFirstOrThrow();
    return Number(count);
  },
});

async function listQueries(db: Db, persons: readonly string[], { limit, before }: ListPage): Promise<QuerySummary[]> {
  if (persons.length === 0) return [];
  const own = db.selectFrom('queries').selectAll().where('person', 'in', persons);
  const older =
    before === undefined
      ? own
      : own.where(sql<boolean>`(asked, query_id) < (${new Date(before.asked)}, ${before.queryId}::uuid)`);
  const rows = await older.orderBy('asked', 'desc').orderBy('query_id', 'desc').limit(limit).execute();
  if (rows.length === 0) return [];
  const tasks = await db
    .selectFrom('tasks')
    .select(['query_id', 'task_id', 'holder', 'stage', 'status'])
    .where(
      'query_id',
      'in',
      rows.map(({ query_id }) => query_id),
    )
    .execute();
  const byQuery = Map.groupBy(tasks, ({ query_id }) => query_id);
  return rows.map((row) => {
    const { queryId, submissionId, questionHash, asked, envelope } = factsOf(row);
    const progress = { ...stageOf(row), tasks: (byQuery.get(queryId) ?? []).map(taskProgressOf) };
    const { register } = envelope.question;
    const standing = { answered: row.answered !== null, dryRun: envelope.dryRun === true, progress };
    return { queryId, submissionId, questionHash, asked, register, ...standing };
  });
}
