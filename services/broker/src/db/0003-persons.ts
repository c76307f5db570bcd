/** The queries of one person, newest first: for their list, and for how many are under way. */
import type { Kysely } from 'kysely';

export async function persons(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex('queries_person')
    .on('queries')
    .columns(['person', 'asked desc', 'query_id desc'])
    .execute();
}
