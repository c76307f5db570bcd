/** Queries in PostgreSQL: every change of one query is one transaction that holds its row. */
import type { Records } from '@revier/service-kit';
import type { Kysely, Transaction, Updateable } from 'kysely';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import type { Message, NewQuery, QueryRecord, QueryStore } from '../ports.ts';
import type { Step } from '../progress/advance.ts';
import { answerStore } from './answer-store.ts';
import { deliveries } from './deliveries.ts';
import { dueAfter, progressOf, queryOf, queryRow, taskOf, taskRow } from './query-rows.ts';

type Db = Kysely<BrokerTables>;

export function queryStore(records: Records): QueryStore {
  const db = records.db<BrokerTables>().withSchema(SCHEMA);
  return {
    add: (query, key) => addQuery(db, query, key),
    find: (queryId) => findQuery(db, 'query_id', queryId),
    findSubmission: (submissionId) => findQuery(db, 'submission_id', submissionId),
    findKey: async (person, key) => {
      const found = await db
        .selectFrom('idempotency_keys')
        .select('query_id')
        .where('person', '=', person)
        .where('key', '=', key)
        .executeTakeFirst();
      return found && findQuery(db, 'query_id', found.query_id);
    },
    findTask: async (taskId) => {
      const row = await db.selectFrom('tasks').selectAll().where('task_id', '=', taskId).executeTakeFirst();
      const query = row && (await findQuery(db, 'query_id', row.query_id));
      return row && query && { query, task: taskOf(row) };
    },
    step: (queryId, decide, now, message) =>
      db.transaction().execute((transaction) => stepQuery(transaction, { queryId, decide, now, message })),
    unanswered: async () => {
      const rows = await db.selectFrom('queries').selectAll().where('answered', 'is', null).orderBy('asked').execute();
      return Promise.all(rows.map(async (row) => ({ queryId: row.query_id, progress: await progressIn(db, row) })));
    },
    ...deliveries(db),
    ...answerStore(db),
  };
}

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
      const rows = query.progress.tasks.map((task) => taskRow(query, task));
      await transaction.insertInto('tasks').values(rows).execute();
    });
    return true;
  } catch (error) {
    if (error instanceof Taken) return false;
    throw error;
  }
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
  column: 'query_id' | 'submission_id',
  value: string,
): Promise<QueryRecord | undefined> {
  const row = await db.selectFrom('queries').selectAll().where(column, '=', value).executeTakeFirst();
  return row && queryOf(row, await tasksOf(db, row.query_id));
}

/** By stage and dataset, as in the plan. */
const tasksOf = (db: Db, queryId: string) =>
  db.selectFrom('tasks').selectAll().where('query_id', '=', queryId).orderBy('stage').orderBy('dataset').execute();

const progressIn = async (db: Db, row: Parameters<typeof progressOf>[0]) =>
  progressOf(row, await tasksOf(db, row.query_id));

interface StepParts {
  readonly queryId: string;
  readonly decide: Parameters<QueryStore['step']>[1];
  readonly now: number;
  readonly message: Message | undefined;
}

async function stepQuery(
  db: Transaction<BrokerTables>,
  { queryId, decide, now, message }: StepParts,
): Promise<Awaited<ReturnType<QueryStore['step']>>> {
  const row = await db.selectFrom('queries').selectAll().where('query_id', '=', queryId).forUpdate().executeTakeFirst();
  if (row === undefined) return undefined;
  const before = await progressIn(db, row);
  const step = decide(before);
  if (step.progress === before) return step;
  await saveProgress(db, { queryId, before, step, now });
  const told = message && changedTask(before, step, message.taskId);
  if (told !== undefined && message !== undefined) await saveMessage(db, message);
  return step;
}

type Recorded = QueryRecord['progress'];

const changedTask = (before: Recorded, { progress }: Step<Recorded['tasks'][number]>, taskId: string) =>
  progress.tasks.find((task, at) => task.taskId === taskId && task.status !== before.tasks[at]?.status);

interface ProgressParts {
  readonly queryId: string;
  readonly before: Recorded;
  readonly step: Step<Recorded['tasks'][number]>;
  readonly now: number;
}

async function saveProgress(db: Db, { queryId, before, step: { progress }, now }: ProgressParts): Promise<void> {
  await db
    .updateTable('queries')
    .set({
      stage: progress.stage,
      stage_ends: new Date(progress.stageEnds),
      outcome: progress.outcome,
      // Nobody waits for its answer any more.
      ...(progress.outcome === 'cancelled' ? { answered: new Date(now) } : {}),
    })
    .where('query_id', '=', queryId)
    .execute();
  for (const [at, { taskId, status }] of progress.tasks.entries()) {
    if (status === before.tasks[at]?.status) continue;
    await db
      .updateTable('tasks')
      .set({ status, due: dueAfter(status, now) })
      .where('task_id', '=', taskId)
      .execute();
  }
}

async function saveMessage(db: Db, message: Message): Promise<void> {
  const save = (columns: Updateable<BrokerTables['tasks']>) =>
    db.updateTable('tasks').set(columns).where('task_id', '=', message.taskId).execute();
  if (message.kind === 'receipt') {
    await save({ receipt: message.jws, reasons: JSON.stringify(message.reasons) });
    return;
  }
  await db
    .insertInto('bodies')
    .values({ hash: message.header.body, bytes: message.body })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute();
  await save({
    release: message.jws,
    release_header: JSON.stringify(message.header),
    body: message.header.body,
  });
}
