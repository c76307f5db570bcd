/** Letters between participants: numbered for each recipient, kept for a while; and what the newest of them say in public. */
import type { Kysely } from 'kysely';

export async function letters(db: Kysely<unknown>): Promise<void> {
  // The row is locked while a letter is put in, so that numbers become visible in their order.
  await db.schema
    .createTable('letter_boxes')
    .addColumn('recipient', 'text', (column) => column.primaryKey())
    .addColumn('last', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('letters')
    .addColumn('recipient', 'text', (column) => column.notNull())
    .addColumn('seq', 'bigint', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('sender', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('size', 'integer', (column) => column.notNull())
    .addColumn('jws', 'text', (column) => column.notNull())
    .addColumn('came', 'timestamptz', (column) => column.notNull())
    .addPrimaryKeyConstraint('letters_key', ['recipient', 'seq'])
    .addUniqueConstraint('letters_once', ['recipient', 'hash'])
    .execute();
  await db.schema.createIndex('letters_by_sender').on('letters').columns(['recipient', 'sender']).execute();
  await db.schema.createIndex('letters_by_age').on('letters').column('came').execute();
  await applications(db);
}

async function applications(db: Kysely<unknown>): Promise<void> {
  // The newest one of each register, verified when it came.
  await db.schema
    .createTable('applications')
    .addColumn('register', 'text', (column) => column.primaryKey())
    .addColumn('data_user', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('jws', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('negotiations')
    .addColumn('data_user', 'text', (column) => column.notNull())
    .addColumn('consumer_pid', 'text', (column) => column.notNull())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('register', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('since', 'timestamptz', (column) => column.notNull())
    .addColumn('begun', 'timestamptz', (column) => column.notNull())
    .addPrimaryKeyConstraint('negotiations_key', ['data_user', 'consumer_pid'])
    .execute();
  await db.schema.createIndex('negotiations_by_register').on('negotiations').column('register').execute();
}
