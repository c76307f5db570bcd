/** What holders have withdrawn of answers: their signed statements, found by submission. */
import type { Kysely } from 'kysely';

export async function withdrawals(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('withdrawals')
    .addColumn('submission_id', 'text', (column) => column.notNull())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('statement', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('withdrawals_key', ['submission_id', 'holder'])
    .execute();
}
