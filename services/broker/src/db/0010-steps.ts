/** How often a query has moved on: whoever moves it on says from where, so that nobody has to hold its row meanwhile. */
import type { Kysely } from 'kysely';

export async function steps(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('queries')
    .addColumn('steps', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
}
