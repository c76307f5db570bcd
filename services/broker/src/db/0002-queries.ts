/** Queries on their way: their tasks, what came back, and the answers. */
import { type Kysely, sql } from 'kysely';

export async function queries(db: Kysely<unknown>): Promise<void> {
  await createQueries(db);
  await createTasks(db);
  await db.schema
    .createTable('bodies')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('bytes', 'bytea', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('answers')
    .addColumn('query_id', 'uuid', (column) => column.primaryKey().references('queries.query_id'))
    .addColumn('answer', 'text', (column) => column.notNull())
    .addColumn('result', 'text', (column) => column.notNull())
    .execute();
}

async function createQueries(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('queries')
    .addColumn('query_id', 'uuid', (column) => column.primaryKey())
    .addColumn('submission_id', 'text', (column) => column.notNull().unique())
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('signed', 'text', (column) => column.notNull())
    .addColumn('signed_hash', 'text', (column) => column.notNull())
    .addColumn('envelope', 'text', (column) => column.notNull())
    .addColumn('question_hash', 'text', (column) => column.notNull())
    .addColumn('asked', 'timestamptz', (column) => column.notNull())
    .addColumn('stage', 'integer', (column) => column.notNull())
    .addColumn('stage_ends', 'timestamptz', (column) => column.notNull())
    .addColumn('ends', 'timestamptz', (column) => column.notNull())
    .addColumn('least', 'integer', (column) => column.notNull())
    .addColumn('outcome', 'text')
    .addColumn('answered', 'timestamptz')
    .execute();
  await db.schema
    .createIndex('queries_unanswered')
    .on('queries')
    .column('asked')
    .where(sql.ref('answered'), 'is', null)
    .execute();
  await db.schema
    .createTable('idempotency_keys')
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('query_id', 'uuid', (column) => column.notNull().references('queries.query_id'))
    .addPrimaryKeyConstraint('idempotency_keys_pkey', ['person', 'key'])
    .execute();
}

async function createTasks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('tasks')
    .addColumn('task_id', 'uuid', (column) => column.primaryKey())
    .addColumn('query_id', 'uuid', (column) => column.notNull().references('queries.query_id'))
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('stage', 'integer', (column) => column.notNull())
    .addColumn('mode', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('due', 'timestamptz')
    .addColumn('receipt', 'text')
    .addColumn('reasons', 'text')
    .addColumn('release', 'text')
    .addColumn('release_header', 'text')
    .addColumn('body', 'text')
    .addUniqueConstraint('tasks_once', ['query_id', 'holder', 'dataset'])
    .execute();
  await db.schema
    .createIndex('tasks_due')
    .on('tasks')
    .columns(['holder', 'due'])
    .where(sql.ref('due'), 'is not', null)
    .execute();
}
