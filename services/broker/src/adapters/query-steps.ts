/** Steps of queries: all that has been said of one query meanwhile is decided in turn and kept in one transaction that holds its row. */
import { type Kysely, sql, type Transaction } from 'kysely';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import type { Message, QueryStore } from '../ports.ts';
import type { Progress, Step, TaskProgress } from '../progress/advance.ts';
import { enterEnd } from './enter-end.ts';
import { inBatches } from './in-batches.ts';
import { dueAfter, stageOf, taskProgressOf } from './query-rows.ts';

type Db = Kysely<BrokerTables>;

interface Wish {
  readonly decide: (progress: Progress) => Step;
  readonly now: number;
  readonly message: Message | undefined;
}

export function querySteps(db: Db): QueryStore['step'] {
  const stepping = new Map<string, { readonly take: (wish: Wish) => Promise<Step | undefined>; wishes: number }>();
  return async (queryId, decide, now, message) => {
    const query = stepping.get(queryId) ?? { take: batchesFor(db, queryId), wishes: 0 };
    stepping.set(queryId, query);
    query.wishes += 1;
    try {
      return await query.take({ decide, now, message });
    } finally {
      query.wishes -= 1;
      if (query.wishes === 0) stepping.delete(queryId);
    }
  };
}

const batchesFor = (db: Db, queryId: string) =>
  inBatches<Wish, Step | undefined>((wishes) =>
    db.transaction().execute((transaction) => stepAll(transaction, queryId, wishes)),
  );

async function stepAll(
  db: Transaction<BrokerTables>,
  queryId: string,
  wishes: readonly Wish[],
): Promise<(place: number) => Step | undefined> {
  const before = await progressFor(db, queryId);
  if (before === undefined) return () => undefined;
  let progress = before;
  const messages = new Map<string, Message>();
  const places = new Map(before.tasks.map(({ taskId }, at) => [taskId, at]));
  const steps = wishes.map(({ decide, message }) => {
    const step = decide(progress);
    const at = message === undefined ? undefined : places.get(message.taskId);
    if (message !== undefined && at !== undefined && progress.tasks[at]?.status !== step.progress.tasks[at]?.status)
      messages.set(`${message.kind} ${message.taskId}`, message);
    progress = step.progress;
    return step;
  });
  const now = Math.max(...wishes.map((wish) => wish.now));
  if (progress !== before) await save(db, { queryId, before, progress, now, messages: [...messages.values()] });
  return (place) => steps[place];
}

async function progressFor(db: Db, queryId: string): Promise<Progress | undefined> {
  const stage = await db
    .selectFrom('queries')
    .select(['stage', 'stage_ends', 'ends', 'least', 'outcome'])
    .where('query_id', '=', queryId)
    .forUpdate()
    .executeTakeFirst();
  if (stage === undefined) return undefined;
  const tasks = await db
    .selectFrom('tasks')
    .select(['task_id', 'holder', 'stage', 'status'])
    .where('query_id', '=', queryId)
    .orderBy('stage')
    .orderBy('dataset')
    .execute();
  return { ...stageOf(stage), tasks: tasks.map(taskProgressOf) };
}

interface Change {
  readonly queryId: string;
  readonly before: Progress;
  readonly progress: Progress;
  readonly now: number;
  readonly messages: readonly Message[];
}

async function save(db: Db, { queryId, before, progress, now, messages }: Change): Promise<void> {
  const { stage, stageEnds, outcome } = progress;
  if (stage !== before.stage || stageEnds !== before.stageEnds || outcome !== before.outcome)
    await db
      .updateTable('queries')
      .set({
        stage,
        stage_ends: new Date(stageEnds),
        outcome,
        // Nobody waits for its answer any more.
        ...(outcome === 'cancelled' ? { answered: new Date(now) } : {}),
      })
      .where('query_id', '=', queryId)
      .execute();
  await saveBodies(db, messages);
  await saveTasks(
    db,
    progress.tasks.filter(({ status }, at) => status !== before.tasks[at]?.status),
    { now, messages },
  );
  if (outcome === 'cancelled' && before.outcome === null)
    await enterEnd(db, queryId, { answer: null, result: null }, now);
}

/** Text in base64, since arrays of bytes are slow. */
async function saveBodies(db: Db, messages: readonly Message[]): Promise<void> {
  const releases = messages.filter((message) => message.kind === 'release');
  if (releases.length === 0) return;
  const hashes = releases.map(({ header }) => header.body);
  const bodies = releases.map(({ body }) => Buffer.from(body).toString('base64'));
  await sql`
    insert into ${sql.table(`${SCHEMA}.bodies`)} (hash, bytes)
    select hash, decode(bytes, 'base64') from unnest(${hashes}::text[], ${bodies}::text[]) as given (hash, bytes)
    on conflict (hash) do nothing`.execute(db);
}

/** One statement for however many tasks; a task keeps what nothing new was said of. */
async function saveTasks(
  db: Db,
  tasks: readonly TaskProgress[],
  { now, messages }: Pick<Change, 'now' | 'messages'>,
): Promise<void> {
  if (tasks.length === 0) return;
  const receipts = new Map(messages.flatMap((one) => (one.kind === 'receipt' ? [[one.taskId, one] as const] : [])));
  const releases = new Map(messages.flatMap((one) => (one.kind === 'release' ? [[one.taskId, one] as const] : [])));
  const column = <T>(of: (task: TaskProgress) => T) => tasks.map(of);
  const reasonsOf = ({ taskId }: TaskProgress) => {
    const receipt = receipts.get(taskId);
    return receipt === undefined ? null : JSON.stringify(receipt.reasons);
  };
  const headerOf = ({ taskId }: TaskProgress) => {
    const release = releases.get(taskId);
    return release === undefined ? null : JSON.stringify(release.header);
  };
  await sql`
    update ${sql.table(`${SCHEMA}.tasks`)} as task set
      status = given.status, due = given.due,
      receipt = coalesce(given.receipt, task.receipt), reasons = coalesce(given.reasons, task.reasons),
      release = coalesce(given.release, task.release),
      release_header = coalesce(given.release_header, task.release_header), body = coalesce(given.body, task.body)
    from unnest(
      ${column(({ taskId }) => taskId)}::uuid[], ${column(({ status }) => status)}::text[],
      ${column(({ status }) => dueAfter(status, now))}::timestamptz[],
      ${column(({ taskId }) => receipts.get(taskId)?.jws ?? null)}::text[], ${column(reasonsOf)}::text[],
      ${column(({ taskId }) => releases.get(taskId)?.jws ?? null)}::text[], ${column(headerOf)}::text[],
      ${column(({ taskId }) => releases.get(taskId)?.header.body ?? null)}::text[]
    ) as given (task_id, status, due, receipt, reasons, release, release_header, body)
    where task.task_id = given.task_id`.execute(db);
}
