/** Brings a schema forward, never back: kysely's migrator with its tables inside the schema that it looks after. */
import { AppError } from '@revier/schema';
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

export interface Migrations {
  /** Each participant of a shared database has its own. */
  readonly schema: string;
  /**
   * By name, run in alphabetical order: `0001-…`. `up` gets a `db` already bound to the schema, so the builder needs no
   * `withSchema`; raw SQL must name it (`sql.table`, `sql.ref`).
   */
  readonly migrations: Readonly<Record<string, Pick<Migration, 'up'>>>;
}

/**
 * Runs what is pending, all in one transaction, and returns the names. Embedded databases call it at boot, servers by
 * command only. Throws INTERNAL naming the migration, with PostgreSQL's error as cause.
 */
export async function migrate<DB>(db: Kysely<DB>, plan: Migrations): Promise<readonly string[]> {
  if (await isCurrent(db, plan)) return [];
  const { error, results = [] } = await migratorOf(db, plan).migrateToLatest();
  if (error !== undefined) {
    const failed = results.find(({ status }) => status === 'Error')?.migrationName;
    const detail =
      failed === undefined
        ? `The schema ${plan.schema} does not fit this program; a newer one may have migrated it.`
        : `Migration ${failed} of schema ${plan.schema} failed; nothing was changed.`;
    throw new AppError('INTERNAL', { detail, cause: error });
  }
  return results.map(({ migrationName }) => migrationName);
}

/** By two short statements: kysely's migrator describes every table of every schema first, 60 ms for each of nine on a busy machine. */
async function isCurrent<DB>(db: Kysely<DB>, { schema, migrations }: Migrations): Promise<boolean> {
  const done = sql.table(`${schema}.migration`);
  const there = await sql<{ there: boolean }>`select exists (
    select from pg_tables where schemaname = ${schema} and tablename = 'migration') as there`.execute(db);
  if (there.rows[0]?.there !== true) return false;
  const { rows } = await sql<{ name: string }>`select name from ${done} order by name`.execute(db);
  return rows.map(({ name }) => name).join() === Object.keys(migrations).sort().join();
}

/** Names of the migrations that have not run yet; a service with any must not start. */
export async function pendingMigrations<DB>(db: Kysely<DB>, plan: Migrations): Promise<readonly string[]> {
  const all = await migratorOf(db, plan).getMigrations();
  return all.filter(({ executedAt }) => executedAt === undefined).map(({ name }) => name);
}

function migratorOf<DB>(db: Kysely<DB>, { schema, migrations }: Migrations): Migrator {
  const bound = Object.entries(migrations).map(([name, { up }]): [string, Migration] => [
    name,
    { up: (transaction) => up(transaction.withSchema(schema)) },
  ]);
  return new Migrator({
    db,
    provider: { getMigrations: async () => Object.fromEntries(bound) },
    migrationTableSchema: schema,
    migrationTableName: 'migration',
    migrationLockTableName: 'migration_lock',
  });
}
