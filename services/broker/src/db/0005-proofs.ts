/** Proofs of possession that have been used, until they are too old to be shown again. */
import type { Kysely } from 'kysely';

export async function proofs(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('proofs')
    .addColumn('proof', 'text', (column) => column.primaryKey())
    .addColumn('until', 'timestamptz', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('proofs_until').on('proofs').column('until').execute();
}
