/** What holders publish: documents, agreements, and the catalogue versions made of them. */
import { type Kysely, sql } from 'kysely';

export async function published(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('documents')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('signer', 'text', (column) => column.notNull())
    .addColumn('jws', 'text', (column) => column.notNull())
    .addColumn('current', 'boolean', (column) => column.notNull())
    .addColumn('published', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .execute();
  await db.schema
    .createIndex('documents_current')
    .on('documents')
    .columns(['kind', 'name'])
    .unique()
    .where(sql.ref('current'), '=', true)
    .execute();
  await db.schema
    .createTable('catalogues')
    .addColumn('version', 'integer', (column) => column.primaryKey())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('catalogue', 'text', (column) => column.notNull())
    .addColumn('made', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
    .execute();
  await db.schema
    .createTable('agreements')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('dataset', 'text', (column) => column.notNull())
    .addColumn('register', 'text', (column) => column.notNull())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('jws', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('agreements_register').on('agreements').column('register').execute();
}
