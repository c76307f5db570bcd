/** Secure sums: how far each has come, and the seeds that were opened, by the masked body that they open. */
import type { Kysely } from 'kysely';

export interface SumTables {
  sums: {
    query_id: string;
    /** Digest of table, datasets and epochs: one at a time. */
    cells: string;
    phase: string;
    /** JSON of the course. */
    course: string;
  };
  sum_seeds: { body: string; seed: string };
}

export async function secureSums(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('sums')
    .addColumn('query_id', 'uuid', (column) => column.primaryKey().references('queries.query_id'))
    .addColumn('cells', 'text', (column) => column.notNull())
    .addColumn('phase', 'text', (column) => column.notNull())
    .addColumn('course', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('sums_cells').on('sums').column('cells').execute();
  await db.schema
    .createTable('sum_seeds')
    .addColumn('body', 'text', (column) => column.primaryKey())
    .addColumn('seed', 'text', (column) => column.notNull())
    .execute();
}
