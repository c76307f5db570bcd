/** The end of a query in the log, with what every holder has said, in the transaction that ends it. */
import { Envelope } from '@revier/schema';
import { appendEntry } from '@revier/service-kit';
import type { Kysely } from 'kysely';
import type { BrokerTables } from '../db/tables.ts';
import { type EndedQuery, endedEntry } from '../log-entries.ts';
import { logOf } from './records-log.ts';

/** @param at milliseconds since the epoch */
export async function enterEnd(
  db: Kysely<BrokerTables>,
  queryId: string,
  hashes: Pick<EndedQuery, 'answer' | 'result'>,
  at: number,
): Promise<void> {
  const query = await db
    .selectFrom('queries')
    .select(['submission_id', 'outcome', 'envelope'])
    .where('query_id', '=', queryId)
    .executeTakeFirstOrThrow();
  const tasks = await db
    .selectFrom('tasks')
    .select(['task_id', 'holder', 'dataset', 'stage', 'status', 'receipt', 'reasons', 'release'])
    .where('query_id', '=', queryId)
    .orderBy('stage')
    .orderBy('dataset')
    .orderBy('task_id')
    .execute();
  const dryRun = Envelope.parse(JSON.parse(query.envelope)).dryRun === true;
  const ended = { queryId, dryRun, submissionId: query.submission_id, outcome: query.outcome, ...hashes };
  await appendEntry(logOf(db), endedEntry(ended, tasks), new Date(at));
}
