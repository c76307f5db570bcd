/** Who takes part: trust lists, the next one on its way, and those who ask to stand in it. */
import { createTrustTables } from '@revier/service-kit';
import type { Kysely } from 'kysely';

export async function trust(db: Kysely<unknown>): Promise<void> {
  await createTrustTables(db);
  await db.schema
    .createTable('invitations')
    .addColumn('code', 'text', (column) => column.primaryKey())
    .addColumn('expires', 'timestamptz', (column) => column.notNull())
    .addColumn('used', 'timestamptz')
    .execute();
  await db.schema
    .createTable('enrolments')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('jws', 'text', (column) => column.notNull())
    .addColumn('received', 'timestamptz', (column) => column.notNull())
    .execute();
  // One row at most: a new draft takes the place of the one before.
  await db.schema
    .createTable('drafts')
    .addColumn('place', 'integer', (column) => column.primaryKey())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('list', 'text', (column) => column.notNull())
    .addColumn('signatures', 'text', (column) => column.notNull())
    .execute();
}
