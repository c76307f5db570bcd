/** Tasks that leave, and the evidence that goes with them. */
import { type CompactJws, CompactJws as Jws, type ParticipantId } from '@revier/schema';
import { type Kysely, type Selectable, sql } from 'kysely';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import type { Delivery, QueryFacts, QueryStore } from '../query-ports.ts';
import { inBatches } from './in-batches.ts';
import type { ReadFacts } from './query-facts.ts';
import { taskOf } from './query-rows.ts';

type Db = Kysely<BrokerTables>;

/** What a task list may hold, with room for the evidence of each. */
const AT_ONCE = 20;

export const deliveries = (db: Db, facts: ReadFacts): Pick<QueryStore, 'takeDue' | 'evidenceBody'> => ({
  takeDue: inTurns(db, facts),
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

interface Look {
  readonly holder: ParticipantId;
  readonly now: number;
  readonly again: number;
}

/** Holders who wait are woken at once, and look together. */
function inTurns(db: Db, facts: ReadFacts): QueryStore['takeDue'] {
  const take = inBatches<Look, readonly Delivery[]>(async (looks) => {
    const rows = await takeRows(db, looks);
    const deliveries = await Promise.all(rows.map(async (row) => deliveryOf(row, await facts(row.query_id), db)));
    const byHolder = Map.groupBy(deliveries.flat(), ({ task }) => task.holder);
    return (place) => taken(byHolder, looks[place]);
  });
  return (holder, now, again) => take({ holder, now, again });
}

/** Should two look for one holder at once, the first gets what there is. */
function taken(byHolder: Map<ParticipantId, Delivery[]>, look: Look | undefined): readonly Delivery[] {
  const own = look && byHolder.get(look.holder);
  if (look !== undefined) byHolder.delete(look.holder);
  return own ?? [];
}

/** Two processes that look at once take different tasks. */
async function takeRows(db: Db, looks: readonly Look[]): Promise<Selectable<BrokerTables['tasks']>[]> {
  const tasks = sql.table(`${SCHEMA}.tasks`);
  const now = new Date(Math.max(...looks.map((look) => look.now)));
  const again = new Date(Math.max(...looks.map((look) => look.again)));
  const { rows } = await sql<Selectable<BrokerTables['tasks']>>`
    update ${tasks} set attempt = attempt + 1, due = ${again}
    where task_id in (
      select found.task_id
      from unnest(${[...new Set(looks.map(({ holder }) => holder))]}::text[]) as waiting (holder)
      cross join lateral (
        select task_id from ${tasks} where holder = waiting.holder and due <= ${now}
        order by due limit ${AT_ONCE} for update skip locked
      ) as found
    )
    returning *`.execute(db);
  return rows;
}

async function deliveryOf(
  row: Selectable<BrokerTables['tasks']>,
  query: QueryFacts | undefined,
  db: Db,
): Promise<Delivery[]> {
  if (query === undefined) return [];
  return [{ task: taskOf(row), query, evidence: row.stage === 0 ? [] : await evidenceFor(db, row) }];
}

async function evidenceFor(db: Db, { query_id, stage }: Selectable<BrokerTables['tasks']>): Promise<CompactJws[]> {
  const rows = await db
    .selectFrom('tasks')
    .select('release')
    .where('query_id', '=', query_id)
    .where('stage', '<', stage)
    .where('mode', '=', 'O')
    .where('status', '=', 'released')
    .where('release', 'is not', null)
    .orderBy('dataset')
    .execute();
  return rows.map(({ release }) => Jws.parse(release));
}
