/** Queries in PostgreSQL: every change of one query is one transaction that holds its row. */
import { appendEntry, type Records } from '@revier/service-kit';
import { type Kysely, type Selectable, sql } from 'kysely';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import { acceptedEntry } from '../log-entries.ts';
import type { FoundTask, NewQuery, QueryRecord, QueryStore, TaskRecord } from '../query-ports.ts';
import { answerStore } from './answer-store.ts';
import { deliveries } from './deliveries.ts';
import { inBatches } from './in-batches.ts';
import { queryFacts, type ReadFacts } from './query-facts.ts';
import { queryList } from './query-list.ts';
import {
  dueAfter,
  factColumns,
  progressOf,
  queryOf,
  queryRow,
  taskFactsIn,
  taskFactsOf,
  taskStandingOf,
} from './query-rows.ts';
import { querySteps } from './query-steps.ts';
import { logOf } from './records-log.ts';
import { standingsKept } from './standings.ts';

type Db = Kysely<BrokerTables>;

export function queryStore(records: Records): QueryStore {
  const db = records.db<BrokerTables>().withSchema(SCHEMA);
  const [facts, standings] = [queryFacts(db), standingsKept()];
  return {
    add: async (query, key) => {
      const added = await addQuery(db, query, key);
      const { progress, ...written } = query;
      if (added) facts.keep(written, progress.tasks.map(taskFactsOf));
      if (added)
        standings.keep(query.queryId, {
          steps: 0,
          progress: { ...progress, tasks: progress.tasks.map(taskStandingOf) },
        });
      return added;
    },
    find: (queryId) => findQuery(db, facts, 'query_id', queryId),
    findSubmission: (submissionId) => findQuery(db, facts, 'submission_id', submissionId),
    findKey: async (person, key) => {
      const found = await db
        .selectFrom('idempotency_keys')
        .select('query_id')
        .where('person', '=', person)
        .where('key', '=', key)
        .executeTakeFirst();
      return found && findQuery(db, facts, 'query_id', found.query_id);
    },
    findTask: findTaskIn(db, facts),
    attempts: attemptsTogether(db),
    step: querySteps(db, standings),
    unanswered: async () => {
      const rows = await db.selectFrom('queries').selectAll().where('answered', 'is', null).orderBy('asked').execute();
      return Promise.all(rows.map(async (row) => ({ queryId: row.query_id, progress: await progressIn(db, row) })));
    },
    ...deliveries(db, facts),
    ...queryList(db),
    ...answerStore(db),
  };
}

/** When a question went to many, many answer at once. */
function findTaskIn(db: Db, facts: ReadFacts): QueryStore['findTask'] {
  const read = inBatches<string, FoundTask | undefined>(async (taskIds) => {
    const rows = await tasksNamed(db, taskIds).select(factColumns).execute();
    const found = new Map<string, FoundTask>();
    for (const row of rows) {
      const [query, task] = [await facts(row.query_id), taskFactsIn(row)];
      if (query !== undefined) found.set(row.task_id, { query, task });
      facts.keepTask(row.query_id, task);
    }
    return (place) => found.get(taskIds[place] ?? '');
  });
  return async (taskId) => (await facts.task(taskId)) ?? read(taskId);
}

function attemptsTogether(db: Db): QueryStore['attempts'] {
  return inBatches(async (taskIds) => {
    const rows = await tasksNamed(db, taskIds).select('attempt').execute();
    const found = new Map(rows.map(({ task_id, attempt }) => [task_id, attempt]));
    return (place) => found.get(taskIds[place] ?? '') ?? 0;
  });
}

const tasksNamed = (db: Db, taskIds: readonly string[]) =>
  db
    .selectFrom('tasks')
    .select('task_id')
    .where('task_id', 'in', [...new Set(taskIds)]);

/** Thrown to roll back, and caught at once. */
class Taken extends Error {}

async function addQuery(db: Db, query: NewQuery, key: string | undefined): Promise<boolean> {
  try {
    await db.transaction().execute(async (transaction) => {
      const stored = await transaction
        .insertInto('queries')
        .values(queryRow(query))
        .onConflict((conflict) => conflict.column('submission_id').doNothing())
        .returning('query_id')
        .executeTakeFirst();
      if (stored === undefined) throw new Taken();
      if (key !== undefined) await addKey(transaction, query, key);
      await addTasks(transaction, query);
      // Last: whoever appends holds the log until the end.
      await appendEntry(logOf(transaction), acceptedEntry(query), new Date(query.asked));
    });
    return true;
  } catch (error) {
    if (error instanceof Taken) return false;
    throw error;
  }
}

/** A parameter for each column: one for each value would be thousands. */
async function addTasks(db: Db, query: NewQuery): Promise<void> {
  const { tasks } = query.progress;
  const column = <T>(of: (task: TaskRecord) => T) => tasks.map(of);
  await sql`
    insert into ${sql.table(`${SCHEMA}.tasks`)}
      (query_id, task_id, holder, dataset, stage, mode, agreement, status, attempt, due)
    select ${query.queryId}::uuid, *
    from unnest(
      ${column(({ taskId }) => taskId)}::uuid[], ${column(({ holder }) => holder)}::text[],
      ${column(({ dataset }) => dataset)}::text[], ${column(({ stage }) => stage)}::int[],
      ${column(({ mode }) => mode)}::text[], ${column(({ agreement }) => agreement)}::text[],
      ${column(({ status }) => status)}::text[], ${column(({ attempt }) => attempt)}::int[],
      ${column(({ status }) => dueAfter(status, query.asked))}::timestamptz[]
    )`.execute(db);
}

async function addKey(db: Db, { person, queryId }: NewQuery, key: string): Promise<void> {
  const stored = await db
    .insertInto('idempotency_keys')
    .values({ person, key, query_id: queryId })
    .onConflict((conflict) => conflict.columns(['person', 'key']).doNothing())
    .returning('key')
    .executeTakeFirst();
  if (stored === undefined) throw new Taken();
}

async function findQuery(
  db: Db,
  facts: ReadFacts,
  column: 'query_id' | 'submission_id',
  value: string,
): Promise<QueryRecord | undefined> {
  const row = await db
    .selectFrom('queries')
    .select(['query_id', 'answered', 'stage', 'stage_ends', 'ends', 'least', 'outcome'])
    .where(column, '=', value)
    .executeTakeFirst();
  const known = row && (await facts(row.query_id));
  return known && queryOf(known, row, await tasksOf(db, row.query_id));
}

/** By stage and dataset, as in the plan. */
const tasksOf = (db: Db, queryId: string) =>
  db.selectFrom('tasks').selectAll().where('query_id', '=', queryId).orderBy('stage').orderBy('dataset').execute();

const progressIn = async (db: Db, row: Selectable<BrokerTables['queries']>) =>
  progressOf(row, await tasksOf(db, row.query_id));
