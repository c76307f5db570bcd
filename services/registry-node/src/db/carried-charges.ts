/** What was spent before a restore and stands in no charge any more, and which reminders were given. */
import { type Kysely, sql } from 'kysely';
import type { Instant } from './tables.ts';

export interface CarriedTables {
  /** Each is given once, also over restarts. */
  reminder: { key: string; at: Instant };
  carried_charge: { lineage: string; cells: string; questions: string; at: Instant };
}

export async function carriedCharges(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('carried_charge')
    .addColumn('lineage', 'text', (column) => column.notNull())
    .addColumn('cells', 'bigint', (column) => column.notNull())
    .addColumn('questions', 'bigint', (column) => column.notNull())
    .addColumn('at', sql`timestamptz`, (column) => column.notNull())
    .execute();
}

export async function reminders(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('reminder')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('at', sql`timestamptz`, (column) => column.notNull())
    .execute();
}
