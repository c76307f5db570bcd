/** Tasks that leave, and the evidence that goes with them. */
import { type CompactJws, CompactJws as Jws, type ParticipantId } from '@revier/schema';
import type { Kysely, Selectable } from 'kysely';
import type { BrokerTables } from '../db/tables.ts';
import type { Delivery, QueryStore } from '../ports.ts';
import { queryOf, taskOf } from './query-rows.ts';

type Db = Kysely<BrokerTables>;

/** What a task list may hold, with room for the evidence of each. */
const AT_ONCE = 20;

export const deliveries = (db: Db): Pick<QueryStore, 'takeDue' | 'evidenceBody'> => ({
  takeDue: (holder, now, again) =>
    db.transaction().execute(async (transaction) => {
      const taken = await takeRows(transaction, holder, new Date(now), new Date(again));
      const found: Delivery[] = [];
      for (const row of taken) found.push(...(await deliveryOf(transaction, row)));
      return found;
    }),
  evidenceBody: async (holder, hash) => {
    const row = await db
      .selectFrom('tasks as own')
      .innerJoin('tasks as earlier', 'earlier.query_id', 'own.query_id')
      .innerJoin('bodies', 'bodies.hash', 'earlier.body')
      .select('bodies.bytes')
      .where('own.holder', '=', holder)
      .where('own.status', 'in', ['waiting', 'accepted'])
      .where('earlier.mode', '=', 'O')
      .where('earlier.status', '=', 'released')
      .whereRef('earlier.stage', '<', 'own.stage')
      .where('bodies.hash', '=', hash)
      .executeTakeFirst();
    return row?.bytes;
  },
});

/** Two processes that look at once take different tasks. */
async function takeRows(db: Db, holder: ParticipantId, now: Date, again: Date) {
  const due = await db
    .selectFrom('tasks')
    .select('task_id')
    .where('holder', '=', holder)
    .where('due', '<=', now)
    .orderBy('due')
    .limit(AT_ONCE)
    .forUpdate()
    .skipLocked()
    .execute();
  if (due.length === 0) return [];
  return db
    .updateTable('tasks')
    .set((update) => ({ attempt: update('attempt', '+', 1), due: again }))
    .where(
      'task_id',
      'in',
      due.map(({ task_id }) => task_id),
    )
    .returningAll()
    .execute();
}

async function deliveryOf(db: Db, row: Selectable<BrokerTables['tasks']>): Promise<Delivery[]> {
  const [query, tasks] = [
    await db.selectFrom('queries').selectAll().where('query_id', '=', row.query_id).executeTakeFirst(),
    await db.selectFrom('tasks').selectAll().where('query_id', '=', row.query_id).orderBy('dataset').execute(),
  ];
  if (query === undefined) return [];
  return [{ task: taskOf(row), query: queryOf(query, tasks), evidence: evidenceFor(row, tasks) }];
}

const evidenceFor = (
  { stage }: Selectable<BrokerTables['tasks']>,
  tasks: readonly Selectable<BrokerTables['tasks']>[],
): CompactJws[] =>
  tasks.flatMap((task) =>
    task.stage < stage && task.mode === 'O' && task.status === 'released' && task.release !== null
      ? [Jws.parse(task.release)]
      : [],
  );
