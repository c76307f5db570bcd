/** One step of a query into the records: query, tasks and bodies in one statement, so in one round trip and all or nothing. */
import { type Kysely, sql } from 'kysely';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import type { Progress, TaskProgress } from '../progress/advance.ts';
import type { Message } from '../query-ports.ts';
import { enterEnd } from './enter-end.ts';
import { dueAfter } from './query-rows.ts';
import type { Standing } from './standings.ts';

type Db = Kysely<BrokerTables>;

export interface Change {
  readonly queryId: string;
  readonly before: Standing;
  readonly progress: Progress;
  readonly now: number;
  /** What was said that counts. */
  readonly messages: readonly Message[];
}

/** False, and nothing is kept, when the query does not stand there any more. */
export function saveStep(db: Db, change: Change): Promise<boolean> {
  const { queryId, before, progress, now } = change;
  if (progress.outcome !== 'cancelled' || before.progress.outcome !== null) return write(db, change);
  return db.transaction().execute(async (transaction) => {
    if (!(await write(transaction, change))) return false;
    await enterEnd(transaction, queryId, { answer: null, result: null }, now);
    return true;
  });
}

async function write(db: Db, change: Change): Promise<boolean> {
  const { rows } = await sql`
    with held as (${movedQuery(change)}), kept as (${keptBodies(change)}), moved as (${movedTasks(change)})
    select query_id from held`.execute(db);
  return rows.length === 1;
}

function movedQuery({ queryId, before, progress: { stage, stageEnds, outcome }, now }: Change) {
  // Nobody waits for the answer of a cancelled query any more.
  const answered = outcome === 'cancelled' ? new Date(now) : null;
  return sql`
    update ${sql.table(`${SCHEMA}.queries`)} set
      steps = steps + 1, stage = ${stage}, stage_ends = ${new Date(stageEnds)}, outcome = ${outcome},
      answered = coalesce(${answered}::timestamptz, answered)
    where query_id = ${queryId} and steps = ${before.steps}
    returning query_id`;
}

/** One value of bytes that the records cut: arrays of bytes would travel as text. In order, so that nobody waits crosswise. */
function keptBodies({ messages }: Change) {
  const releases = messages
    .filter((message) => message.kind === 'release')
    .sort((a, b) => (a.header.body < b.header.body ? -1 : 1));
  let end = 1;
  const from = releases.map(({ body }) => {
    const begin = end;
    end += body.length;
    return begin;
  });
  return sql`
    insert into ${sql.table(`${SCHEMA}.bodies`)} (hash, bytes)
    select given.hash, substring(${Buffer.concat(releases.map(({ body }) => body))}::bytea from given.begin for given.size)
    from held, unnest(
      ${releases.map(({ header }) => header.body)}::text[], ${from}::int[], ${releases.map(({ body }) => body.length)}::int[]
    ) as given (hash, begin, size)
    on conflict (hash) do nothing`;
}

/** A task keeps what nothing new was said of. */
function movedTasks({ before, progress, now, messages }: Change) {
  const tasks = progress.tasks.filter(({ status }, at) => status !== before.progress.tasks[at]?.status);
  const receipts = new Map(messages.flatMap((one) => (one.kind === 'receipt' ? [[one.taskId, one] as const] : [])));
  const releases = new Map(messages.flatMap((one) => (one.kind === 'release' ? [[one.taskId, one] as const] : [])));
  const column = <T>(of: (task: TaskProgress) => T) => tasks.map(of);
  const reasonsOf = ({ taskId }: TaskProgress) => {
    const receipt = receipts.get(taskId);
    return receipt === undefined ? null : JSON.stringify(receipt.reasons);
  };
  return sql`
    update ${sql.table(`${SCHEMA}.tasks`)} as task set
      status = given.status, due = given.due,
      receipt = coalesce(given.receipt, task.receipt), reasons = coalesce(given.reasons, task.reasons),
      release = coalesce(given.release, task.release), body = coalesce(given.body, task.body)
    from held, unnest(
      ${column(({ taskId }) => taskId)}::uuid[], ${column(({ status }) => status)}::text[],
      ${column(({ status }) => dueAfter(status, now))}::timestamptz[],
      ${column(({ taskId }) => receipts.get(taskId)?.jws ?? null)}::text[], ${column(reasonsOf)}::text[],
      ${column(({ taskId }) => releases.get(taskId)?.jws ?? null)}::text[],
      ${column(({ taskId }) => releases.get(taskId)?.header.body ?? null)}::text[]
    ) as given (task_id, status, due, receipt, reasons, release, body)
    where task.task_id = given.task_id`;
}
