/** The tables of an audit log, in whatever schema a participant has; the migration that makes them. */
import { type ColumnType, type Kysely, sql } from 'kysely';

/** PostgreSQL gives back what does not fit a double as text. */
type Big = ColumnType<string, number, number>;

export interface AuditLogTables {
  /**
   * Append-only. `entry` is the leaf: RFC 8785 text. `hashes` are those of the perfect subtrees that end with it, 32 bytes
   * each, its own first: so the subtree (level, index) stands in the row of its last leaf, and one row is all that an entry costs.
   */
  log_entry: { index: Big; entry: string; hashes: Buffer };
  /** One row: whoever appends holds it. */
  log_head: { one: boolean; size: Big; frontier: Buffer };
  /** What a commitment in the log stands for; may be erased. */
  log_opening: { commitment: string; salt: string; person: string; at: ColumnType<Date, Date, Date> };
  /** What decisions were made from, by content hash. Append-only. */
  log_snapshot: { hash: string; content: string };
  /** What this participant has signed. Append-only. */
  log_checkpoint: { size: Big; note: string };
  /** Signature lines of witnesses, verified. */
  log_cosignature: { size: Big; witness: string; line: string };
  /** The newest checkpoint seen of each other log, verified. `fault`: what was seen and cannot stand beside it. */
  log_seen: { origin: string; size: Big; note: string; fault: string | null };
}

/** Bound to the schema of the log. */
export type LogDb = Kysely<AuditLogTables>;

const appendOnly = ['log_entry', 'log_snapshot', 'log_checkpoint'] as const;

/** Nobody changes or removes an entry by accident; against the administrator stand signed checkpoints and their witnesses. */
export async function makeAuditLog(db: Kysely<unknown>, schema: string): Promise<void> {
  await makeEntries(db);
  await makeCheckpoints(db);
  await sql`insert into ${sql.table(`${schema}.log_head`)} (size, frontier) values (0, '')`.execute(db);
  const refuse = sql.id(schema, 'refuse_log_change');
  await sql`create function ${refuse}() returns trigger language plpgsql as $$
    begin raise exception 'the audit log is append-only'; end $$`.execute(db);
  for (const table of appendOnly)
    await sql`create trigger append_only before update or delete or truncate on ${sql.table(`${schema}.${table}`)}
      for each statement execute function ${refuse}()`.execute(db);
}

async function makeEntries(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('log_entry')
    .addColumn('index', 'bigint', (column) => column.primaryKey())
    .addColumn('entry', 'text', (column) => column.notNull())
    .addColumn('hashes', 'bytea', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('log_head')
    .addColumn('one', 'boolean', (column) => column.primaryKey().defaultTo(true).check(sql`one`))
    .addColumn('size', 'bigint', (column) => column.notNull())
    .addColumn('frontier', 'bytea', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('log_opening')
    .addColumn('commitment', 'text', (column) => column.primaryKey())
    .addColumn('salt', 'text', (column) => column.notNull())
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('at', 'timestamptz', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('log_opening_at').on('log_opening').column('at').execute();
  await db.schema
    .createTable('log_snapshot')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('content', 'text', (column) => column.notNull())
    .execute();
}

async function makeCheckpoints(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('log_checkpoint')
    .addColumn('size', 'bigint', (column) => column.primaryKey())
    .addColumn('note', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('log_cosignature')
    .addColumn('size', 'bigint', (column) => column.notNull())
    .addColumn('witness', 'text', (column) => column.notNull())
    .addColumn('line', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('log_cosignature_key', ['size', 'witness'])
    .execute();
  await db.schema
    .createTable('log_seen')
    .addColumn('origin', 'text', (column) => column.primaryKey())
    .addColumn('size', 'bigint', (column) => column.notNull())
    .addColumn('note', 'text', (column) => column.notNull())
    .addColumn('fault', 'text')
    .execute();
}
