/** Tables of secure sums: attempts with their keys, and the cells that were opened, each with its set of members. */
import type { Generated, Kysely } from 'kysely';

export interface SumTables {
  sum_attempt: {
    task_id: string;
    attempt: number;
    /** JSON of the ephemeral key; empty once the task has expired. */
    secret: string;
    receipt: string;
    expires: Date;
    /** JSON of seed, roster, sum and header; null until it is masked, and without its seed once the task has expired. */
    masked: string | null;
    cells: string | null;
    body_hash: string | null;
    body: Buffer | null;
    opened: boolean;
  };
  opened_cell: { dataset: string; epoch: string; cell: string; members: string };
  /** Every set that was ever masked. As private as the data: it never leaves, and stays for as long as the dataset is held. */
  masked_set: {
    /** Order in which they were masked. */
    seq: Generated<string>;
    dataset: string;
    /** Name without the data epoch. */
    cell: string;
    /** JSON of its size, its key and its figures. */
    content: string;
  };
}

export async function secureSums(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('sum_attempt')
    .addColumn('task_id', 'text', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('secret', 'text', (column) => column.notNull())
    .addColumn('receipt', 'text', (column) => column.notNull())
    .addColumn('expires', 'timestamptz', (column) => column.notNull())
    .addColumn('masked', 'text')
    .addColumn('cells', 'text')
    .addColumn('body_hash', 'text')
    .addColumn('body', 'bytea')
    .addColumn('opened', 'boolean', (column) => column.notNull())
    .addPrimaryKeyConstraint('sum_attempt_key', ['task_id', 'attempt'])
    .execute();
  await db.schema.createIndex('sum_attempt_body').on('sum_attempt').column('body_hash').execute();
  await db.schema
    .createTable('opened_cell')
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('epoch', 'text', (column) => column.notNull())
    .addColumn('cell', 'text', (column) => column.notNull())
    .addColumn('members', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('opened_cell_key', ['dataset', 'epoch', 'cell'])
    .execute();
}

export async function maskedSets(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('masked_set')
    .addColumn('seq', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity())
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('cell', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('masked_set_cell').on('masked_set').columns(['dataset', 'cell']).execute();
}
