/** What a holder has released is kept once, and as it came: its header stands in what was signed. */
import { type Kysely, sql } from 'kysely';
import { SCHEMA } from './tables.ts';

/** Bytes: a row that fits its page is neither compressed nor moved elsewhere, which costs the server more than to write it. */
const WHOLE_ROW = 8160;

export async function releasesOnce(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('tasks').dropColumn('release_header').execute();
  for (const table of ['tasks', 'bodies'])
    await sql`alter table ${sql.table(`${SCHEMA}.${table}`)} set (toast_tuple_target = ${sql.lit(WHOLE_ROW)})`.execute(
      db,
    );
}
