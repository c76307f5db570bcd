/** Which figures of a table may be shown in a data epoch, where counts are suppressed: decided once, together with all tables it is linked to. */
import { type Kysely, sql } from 'kysely';

export interface LinkedTables {
  pattern: {
    dataset: string;
    epoch: string;
    table_hash: string;
    versions: string;
    /** Canonical text of the table. */
    content: string;
    /** False where it was decided over other areas than populations declare, so that nothing can be linked to it. */
    linkable: boolean;
    /** One byte a figure. */
    shown: Buffer;
  };
}

export async function linkedTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('pattern')
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('epoch', 'text', (column) => column.notNull())
    .addColumn('table_hash', 'text', (column) => column.notNull())
    .addColumn('versions', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('linkable', 'boolean', (column) => column.notNull())
    .addColumn('shown', sql`bytea`, (column) => column.notNull())
    .addPrimaryKeyConstraint('pattern_key', ['dataset', 'epoch', 'table_hash', 'versions'])
    .execute();
}
