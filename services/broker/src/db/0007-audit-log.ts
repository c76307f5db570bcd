/** The broker's own audit log, and what it carries between the logs of others. */
import { makeAuditLog } from '@revier/service-kit';
import { type Kysely, sql } from 'kysely';
import { SCHEMA } from './tables.ts';

export async function auditLog(db: Kysely<unknown>): Promise<void> {
  await makeAuditLog(db, SCHEMA);
  await db.schema
    .createTable('carried_checkpoints')
    .addColumn('origin', 'text', (column) => column.notNull())
    .addColumn('size', 'bigint', (column) => column.notNull())
    .addColumn('note', 'text', (column) => column.notNull())
    .addColumn('from_size', 'bigint', (column) => column.notNull())
    .addColumn('proof', 'text', (column) => column.notNull())
    .addColumn('came', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .addPrimaryKeyConstraint('carried_checkpoints_key', ['origin', 'size'])
    .execute();
  await db.schema
    .createTable('carried_cosignatures')
    .addColumn('origin', 'text', (column) => column.notNull())
    .addColumn('size', 'bigint', (column) => column.notNull())
    .addColumn('witness', 'text', (column) => column.notNull())
    .addColumn('line', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('carried_cosignatures_key', ['origin', 'size', 'witness'])
    .execute();
}
