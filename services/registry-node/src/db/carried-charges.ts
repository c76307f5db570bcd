/** What was spent before a restore and stands in no charge any more: added to what the records know. */
import { type Kysely, sql } from 'kysely';
import type { Instant } from './tables.ts';

export interface CarriedTables {
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
