/** The book in the node's records: one transaction for each end of a task. */
import { Sha256 } from '@revier/schema';
import { appendEntry } from '@revier/service-kit';
import type { Insertable, Kysely } from 'kysely';
import type { NodeTables } from '../db/tables.ts';
import type { Book, Covered, RefusalRecord, ReleaseRecord, TaskIdentity } from '../ports.ts';
import { openSealedAnswer } from '../rooms/sieve.ts';
import type { AgreementReader } from './agreement-reader.ts';
import { dropPending } from './drop-pending.ts';
import { decidedIn, logOf, type NodeDb } from './node-db.ts';
import { factsOf } from './records-accounts.ts';
import { keptUnder } from './records-history.ts';
import { lastDecisions } from './records-log.ts';
import { enterOpening } from './records-sums.ts';

type Db = Kysely<NodeTables>;

/** @param now milliseconds since the epoch */
export function recordsBook(node: NodeDb, now: () => number, reader: AgreementReader): Book {
  const { db, schema } = node;
  const decided = decidedIn(node, now);
  return {
    earlier: (task) => earlier(db, task),
    sendAgain: (taskId) => sendAgain(db, taskId),
    kept: (key) => keptUnder(db, key),
    covered: (of) => coveredFirst(db, of),
    release: (record) => decided((trx, at) => enterRelease(trx, { schema, reader }, record, at)),
    refuse: (record) => decided((trx, at) => enterReceipt(trx, record, at, 'refused')),
    assess: (record) => decided((trx, at) => enterReceipt(trx, record, at, 'assessed')),
    dropPending: () => node.transaction((trx) => dropPending(trx)),
    decisions: (limit) => lastDecisions(logOf(db), limit),
  };
}

async function sendAgain(db: Db, taskId: string): Promise<void> {
  await db
    .updateTable('message')
    .set({ state: 'pending' })
    .where('task_id', '=', taskId)
    .where('state', '=', 'done')
    .execute();
}

async function earlier(db: Db, { taskId, identity, submissionId, dataset, stage }: TaskIdentity) {
  const rows = await db
    .selectFrom('task')
    .select(['task_id', 'identity'])
    .where((row) =>
      row.or([
        row('task_id', '=', taskId),
        row.and([
          row('submission_id', '=', submissionId),
          row('dataset', '=', dataset),
          row('stage', '=', stage),
          row('decision', '=', 'released'),
        ]),
      ]),
    )
    .execute();
  if (rows.length === 0) return 'new';
  return rows.every((row) => row.task_id === taskId && row.identity === identity) ? 'repeated' : 'replayed';
}

async function coveredFirst(db: Db, { dataset, epoch, table }: Omit<Covered, 'digest'>): Promise<Sha256 | undefined> {
  const row = await db
    .selectFrom('coverage')
    .select('digest')
    .where('dataset', '=', dataset)
    .where('epoch', '=', epoch)
    .where('table_hash', '=', table)
    .executeTakeFirst();
  return row && Sha256.parse(row.digest);
}

interface Place {
  readonly schema: string;
  readonly reader: AgreementReader;
}

/** Everything is checked before the first line is written, under the lock of the log. */
async function enterRelease(trx: Db, { schema, reader }: Place, record: ReleaseRecord, at: Date) {
  const { task, covered, receipt, header, asked } = record;
  const before = await earlier(trx, task);
  if (before !== 'new') return before;
  const first = covered === null ? undefined : await coveredFirst(trx, covered);
  if (covered !== null && first !== undefined && first !== covered.digest) return 'coverage-changed';
  if (record.opening !== undefined && !(await enterOpening(trx, schema, record.opening))) return 'opened-otherwise';
  await appendEntry(logOf(trx), record.audit(await factsOf(trx, reader, asked)), at);
  await keepAnswer(trx, record);
  await keepReleased(trx, record, at);
  if (covered !== null && first === undefined) await keepCoverage(trx, covered);
  await keepTask(trx, task, 'released', asked.agreement);
  if (record.opening !== undefined) return 'recorded';
  await putMessage(trx, { ...messageOf(task.taskId, 'receipt', receipt), body_hash: null });
  await putMessage(trx, {
    ...messageOf(task.taskId, 'release', header),
    body_hash: openSealedAnswer(record.answer).hash,
  });
  return 'recorded';
}

/** A refusal that is not remembered, since its submission is not established or is another's, is entered once for each cause. */
async function enterReceipt(
  trx: Db,
  { task, taskId, receipt, audit }: RefusalRecord,
  at: Date,
  decision: 'refused' | 'assessed',
): Promise<void> {
  const before = task === null ? null : await earlier(trx, task);
  // Delivered again while it was under way: it was concluded by the other.
  if (before === 'repeated') return sendAgain(trx, taskId);
  if (task !== null && before === 'new') {
    await appendEntry(logOf(trx), audit, at);
    await keepTask(trx, task, decision, null);
    await putMessage(trx, { ...messageOf(taskId, 'receipt', receipt), body_hash: null });
    return;
  }
  const message = {
    ...messageOf(taskId, 'receipt', receipt),
    id: `${taskId}:${audit.codes.join(' ')}`,
    body_hash: null,
  };
  if (await putMessage(trx, message)) await appendEntry(logOf(trx), audit, at);
}

const messageOf = (taskId: string, kind: 'receipt' | 'release', jws: string) =>
  ({ id: `${taskId}:${kind}`, task_id: taskId, kind, jws, state: 'pending' }) as const;

/** True when it is new; one that is there already leaves again. */
async function putMessage(trx: Db, message: Insertable<NodeTables['message']>): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('message')
    .values(message)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 1n) return true;
  await trx.updateTable('message').set({ state: 'pending' }).where('id', '=', message.id).execute();
  return false;
}

async function keepTask(
  trx: Db,
  task: TaskIdentity,
  decision: NodeTables['task']['decision'],
  agreement: Sha256 | null,
): Promise<void> {
  const { taskId: task_id, submissionId: submission_id, ...rest } = task;
  await trx
    .insertInto('task')
    .values({ task_id, submission_id, ...rest, decision, agreement })
    .execute();
}

/** The first answer under a key stays: the history keeps it before it leaves; masked words are kept here. */
async function keepAnswer(trx: Db, { key, answer }: ReleaseRecord): Promise<void> {
  const { bytes, hash } = openSealedAnswer(answer);
  await trx
    .insertInto('answer')
    .values({
      dataset: key.dataset,
      epoch: key.epoch,
      table_hash: key.table,
      min_cell_size: key.minCellSize,
      versions: key.versions,
      body_hash: hash,
      body: Buffer.from(bytes),
    })
    .onConflict((conflict) => conflict.constraint('answer_key').doNothing())
    .execute();
}

/** What the charge was for: bytes that a lineage has had cost it nothing again, and the first of them triggers its duties. */
async function keepReleased(trx: Db, { asked, answer }: ReleaseRecord, at: Date): Promise<void> {
  await trx
    .updateTable('charge')
    .set({ released_at: at, body_hash: openSealedAnswer(answer).hash })
    .where('submission_id', '=', asked.submission)
    .where('dataset', '=', asked.dataset)
    .execute();
}

async function keepCoverage(trx: Db, { dataset, epoch, table, digest }: Covered): Promise<void> {
  await trx.insertInto('coverage').values({ dataset, epoch, table_hash: table, digest }).execute();
}
