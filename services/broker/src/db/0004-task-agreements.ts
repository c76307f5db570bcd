/** Each task with the agreement under which it is asked: a query lists its agreements without saying whose they are. */
import { type Kysely, sql } from 'kysely';
import { SCHEMA } from './tables.ts';

/** Queries of before named an agreement for each holder; they are kept, in the present form. */
export async function taskAgreements(db: Kysely<unknown>): Promise<void> {
  const [queries, tasks] = [sql.table(`${SCHEMA}.queries`), sql.table(`${SCHEMA}.tasks`)];
  await db.schema.alterTable('tasks').addColumn('agreement', 'text').execute();
  await sql`
    update ${tasks} as task set agreement = query.envelope::jsonb -> 'agreements' ->> task.holder
    from ${queries} as query where query.query_id = task.query_id`.execute(db);
  await sql`
    update ${queries} set envelope = jsonb_set(envelope::jsonb, '{agreements}', (
      select coalesce(jsonb_agg(distinct named.hash), '[]')
      from jsonb_each_text(envelope::jsonb -> 'agreements') as named (holder, hash)
    ))::text`.execute(db);
  await db.schema
    .alterTable('tasks')
    .alterColumn('agreement', (column) => column.setNotNull())
    .execute();
}
