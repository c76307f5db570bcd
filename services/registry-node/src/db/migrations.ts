/** Migrations of a node's schema, forward only. */
import { createTrustTables, type Migrations } from '@revier/service-kit';
import { type Kysely, sql } from 'kysely';
import { agreementsAtWork } from './agreements-at-work.ts';
import { carriedCharges, reminders } from './carried-charges.ts';
import { carryAuditOver } from './carry-over.ts';
import { history } from './history.ts';
import { inbox } from './inbox.ts';
import { linkedTables } from './linked-tables.ts';
import { maskedSets, secureSums } from './secure-sums.ts';

async function agreementsAndDocuments(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('agreement')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('register', 'text', (column) => column.notNull())
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('signed', 'text', (column) => column.notNull())
    .addColumn('in_force', 'boolean', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('document')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('jws', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('catalogue')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('content', 'text', (column) => column.notNull())
    .execute();
}

async function tasksAndMessages(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('task')
    .addColumn('task_id', 'text', (column) => column.primaryKey())
    .addColumn('identity', 'text', (column) => column.notNull())
    .addColumn('submission_id', 'text', (column) => column.notNull())
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('stage', 'integer', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('decision', 'text', (column) => column.notNull())
    .execute();
  // One release for a submission, however many tasks name it.
  await db.schema
    .createIndex('task_one_release')
    .unique()
    .on('task')
    .columns(['submission_id', 'dataset', 'stage'])
    .where(sql.ref('decision'), '=', 'released')
    .execute();
  await db.schema
    .createTable('message')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('seq', 'bigint', (column) => column.notNull().generatedAlwaysAsIdentity())
    .addColumn('task_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('jws', 'text', (column) => column.notNull())
    .addColumn('body_hash', 'text')
    .addColumn('state', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('message_state').on('message').columns(['state', 'seq']).execute();
  await db.schema.createIndex('message_task').on('message').column('task_id').execute();
}

async function answers(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('answer')
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('epoch', 'text', (column) => column.notNull())
    .addColumn('table_hash', 'text', (column) => column.notNull())
    .addColumn('min_cell_size', 'integer', (column) => column.notNull())
    .addColumn('versions', 'text', (column) => column.notNull())
    .addColumn('body_hash', 'text', (column) => column.notNull())
    .addColumn('body', 'bytea', (column) => column.notNull())
    .addPrimaryKeyConstraint('answer_key', ['dataset', 'epoch', 'table_hash', 'min_cell_size', 'versions'])
    .execute();
  await db.schema.createIndex('answer_body').on('answer').column('body_hash').execute();
  await db.schema
    .createTable('coverage')
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('epoch', 'text', (column) => column.notNull())
    .addColumn('table_hash', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('coverage_key', ['dataset', 'epoch', 'table_hash'])
    .execute();
}

/** Nobody changes or removes an entry by accident; against the administrator stands the chain of hashes. */
async function audit(db: Kysely<unknown>, schema: string): Promise<void> {
  await db.schema
    .createTable('audit')
    .addColumn('seq', 'integer', (column) => column.primaryKey())
    .addColumn('entry', 'text', (column) => column.notNull())
    .addColumn('previous', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .execute();
  await db.schema
    .createTable('audit_opening')
    .addColumn('commitment', 'text', (column) => column.primaryKey())
    .addColumn('salt', 'text', (column) => column.notNull())
    .addColumn('person', 'text', (column) => column.notNull())
    .execute();
  const table = sql.table(`${schema}.audit`);
  const refuse = sql.id(schema, 'refuse_change');
  await sql`create function ${refuse}() returns trigger language plpgsql as $$
    begin raise exception 'the audit log is append-only'; end $$`.execute(db);
  await sql`create trigger append_only before update or delete or truncate on ${table}
    for each statement execute function ${refuse}()`.execute(db);
}

async function stopsAndPeople(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('stop')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('seq', 'bigint', (column) => column.notNull().generatedAlwaysAsIdentity())
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('reconciled', 'boolean', (column) => column.notNull())
    .addColumn('ended', 'text')
    .execute();
  await db.schema
    .createTable('person')
    .addColumn('kid', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('people_change')
    .addColumn('seq', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity())
    .addColumn('signed', 'text')
    .execute();
}

/** `place` pairs the records with the mark in the folder; a sealed epoch gives no new answer. */
async function restores(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('place')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .execute();
  await db.schema
    .createTable('restore')
    .addColumn('stop', 'text', (column) => column.primaryKey())
    .addColumn('known_size', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('sealed_epoch')
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('epoch', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('sealed_epoch_key', ['dataset', 'epoch'])
    .execute();
  await db.schema
    .createTable('revoked_agreement')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .execute();
}

export const nodeMigrations = (schema: string): Migrations => ({
  schema,
  migrations: {
    '0001-agreements-and-documents': { up: agreementsAndDocuments },
    '0002-tasks-and-messages': { up: tasksAndMessages },
    '0003-answers': { up: answers },
    '0004-audit': { up: (db) => audit(db, schema) },
    '0007-stops-and-people': { up: stopsAndPeople },
    '0008-trust': { up: createTrustTables },
    '0009-audit-log': { up: (db) => carryAuditOver(db, schema) },
    '0010-restores': { up: restores },
    '0011-agreements-at-work': { up: (db) => agreementsAtWork(db, schema) },
    '0012-inbox': { up: inbox },
    '0013-secure-sums': { up: secureSums },
    '0014-carried-charges': { up: carriedCharges },
    '0015-reminders': { up: reminders },
    '0016-linked-tables': { up: linkedTables },
    '0017-history': { up: history },
    '0018-masked-sets': { up: maskedSets },
  },
});
