/** Tables of the inbox: negotiations and their drafts, what people signed about them, standing policies, letters in and out. */
import type { Generated, Kysely } from 'kysely';

export interface InboxTables {
  negotiation: {
    /** The provider's identifier. */
    id: string;
    seq: Generated<string>;
    consumer: string;
    consumer_pid: string;
    state: string;
    /** JSON. */
    content: string;
  };
  /** Every draft that there has ever been: one that is older is told from one that is unknown. */
  negotiation_draft: { hash: string; negotiation: string };
  given_word: {
    draft: string;
    negotiation: string;
    kid: string;
    kind: 'approve' | 'opinion';
    seq: Generated<string>;
    person: string;
    role: string | null;
    /** Hash of the standing policy that has decided. */
    policy: string | null;
    opinion: string | null;
    statement: string;
    at: Date;
  };
  standing_policy: {
    hash: string;
    seq: Generated<string>;
    content: string;
    signed: string;
    kids: string;
    ended: Date | null;
  };
  /** One row. */
  letter_cursor: { id: string; seq: number };
  /** Messages that have been taken, by id. */
  letter_taken: { id: string };
  letter_out: { id: string; seq: Generated<string>; recipient: string; letter: string; state: 'pending' | 'done' };
}

export async function inbox(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('negotiation')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('seq', 'bigint', (column) => column.notNull().generatedAlwaysAsIdentity())
    .addColumn('consumer', 'text', (column) => column.notNull())
    .addColumn('consumer_pid', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .addUniqueConstraint('negotiation_of_consumer', ['consumer', 'consumer_pid'])
    .execute();
  await db.schema
    .createTable('negotiation_draft')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('negotiation', 'text', (column) => column.notNull())
    .execute();
  await words(db);
  await letters(db);
}

async function words(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('given_word')
    .addColumn('draft', 'text', (column) => column.notNull())
    .addColumn('negotiation', 'text', (column) => column.notNull())
    .addColumn('kid', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('seq', 'bigint', (column) => column.notNull().generatedAlwaysAsIdentity())
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('role', 'text')
    .addColumn('policy', 'text')
    .addColumn('opinion', 'text')
    .addColumn('statement', 'text', (column) => column.notNull())
    .addColumn('at', 'timestamptz', (column) => column.notNull())
    .addPrimaryKeyConstraint('given_word_key', ['draft', 'kid', 'kind', 'at'])
    .execute();
  await db.schema
    .createTable('standing_policy')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('seq', 'bigint', (column) => column.notNull().generatedAlwaysAsIdentity())
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('signed', 'text', (column) => column.notNull())
    .addColumn('kids', 'text', (column) => column.notNull())
    .addColumn('ended', 'timestamptz')
    .execute();
}

async function letters(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('letter_cursor')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('seq', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('letter_taken')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .execute();
  await db.schema
    .createTable('letter_out')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('seq', 'bigint', (column) => column.notNull().generatedAlwaysAsIdentity())
    .addColumn('recipient', 'text', (column) => column.notNull())
    .addColumn('letter', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('letter_out_state').on('letter_out').columns(['state', 'seq']).execute();
}
