/** What later answers are held against: beside each answer, how large the sets behind its figures are, and their keys. */
import type { Generated, Kysely } from 'kysely';

export interface HistoryTables {
  /** As private as the data: it never leaves, and stays for as long as the dataset is held. */
  answer_basis: {
    /** Order in which they were given. */
    seq: Generated<string>;
    dataset: string;
    epoch: string;
    table_hash: string;
    min_cell_size: number;
    versions: string;
    /** JSON of the noise, or null where figures are exact. */
    perturbation: string | null;
    /** JSON of the shape and the sets of each measure, deflated. */
    basis: Buffer;
  };
}

export async function history(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('answer_basis')
    .addColumn('seq', 'bigint', (column) => column.notNull().generatedAlwaysAsIdentity())
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('epoch', 'text', (column) => column.notNull())
    .addColumn('table_hash', 'text', (column) => column.notNull())
    .addColumn('min_cell_size', 'integer', (column) => column.notNull())
    .addColumn('versions', 'text', (column) => column.notNull())
    .addColumn('perturbation', 'text')
    .addColumn('basis', 'bytea', (column) => column.notNull())
    .addPrimaryKeyConstraint('answer_basis_key', ['dataset', 'epoch', 'table_hash', 'min_cell_size', 'versions'])
    .execute();
}
