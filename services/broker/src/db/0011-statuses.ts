/** How agreements stand, as their holders have stated it: signed, numbered, and never changed. */
import type { Kysely } from 'kysely';

export async function statuses(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('statuses')
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('statement', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('statuses_key', ['agreement', 'holder', 'hash'])
    .execute();
}
