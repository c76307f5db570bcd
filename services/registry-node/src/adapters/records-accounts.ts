/** The books of the lineages in the node's records: what was charged, once for each question, and what is owed. */
import { addDuration } from '@revier/core';
import { appendEntry } from '@revier/service-kit';
import { type Kysely, sql } from 'kysely';
import type { NodeTables } from '../db/tables.ts';
import type { Accounts, AskedUnder, DutyStanding, PolicyFacts, Spent } from '../policy-ports.ts';
import type { AnswerKey } from '../ports.ts';
import { windowsOf } from '../rooms/agreement-terms.ts';
import type { AgreementReader } from './agreement-reader.ts';
import { carriedUnder } from './carried-charges.ts';
import { dropPending } from './drop-pending.ts';
import { decidedIn, logOf, type NodeDb } from './node-db.ts';
import { standingOf } from './records-agreements.ts';

type Db = Kysely<NodeTables>;

/** @param now milliseconds since the epoch */
export function recordsAccounts(node: NodeDb, now: () => number, reader: AgreementReader): Accounts {
  const { db } = node;
  const decided = decidedIn(node, now);
  return {
    facts: (asked) => factsOf(db, reader, asked),
    charge: (asked, decide) =>
      decided(async (trx, at) => {
        const facts = await factsOf(trx, reader, asked);
        const charge = await decide(
          facts,
          async (key) => facts !== undefined && wasReleased(trx, facts.stored.lineage, key),
        );
        // Charged before, by this very question: a task that comes again costs nothing again.
        if (charge === null || facts === undefined || facts.charged !== null) return;
        await trx
          .insertInto('charge')
          .values({
            ...{ submission_id: asked.submission, dataset: asked.dataset, agreement: asked.agreement },
            ...{ lineage: facts.stored.lineage, cells: charge.cells, at, released_at: null, body_hash: null },
          })
          .execute();
        await appendEntry(logOf(trx), charge.audit, at);
      }),
    wasReleased: (lineage, key) => wasReleased(db, lineage, key),
    dropReleases: (agreement, which) =>
      decided(async (trx) => {
        const stored = await reader(trx, agreement);
        if (stored === undefined) return [];
        return dropPending(trx, which === 'of-version' ? { agreement } : { lineage: stored.lineage });
      }),
    spentUnder: ({ lineage, agreement }, at) => spentOf(db, { lineage, at, windows: windowsOf(agreement), but: null }),
    duties: (lineage) => dutiesOf(db, lineage),
    done: (lineage, report, signed, audit) =>
      decided(async (trx, at) => {
        const row = { lineage, duty: report.duty, due_since: null, done_at: new Date(report.doneAt), report: signed };
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('duty')
          .values(row)
          .onConflict((on) =>
            on
              .columns(['lineage', 'duty'])
              .doUpdateSet({ done_at: row.done_at, report: signed })
              .where('duty.done_at', 'is', null),
          )
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows !== 1n) return false;
        await appendEntry(logOf(trx), audit, at);
        return true;
      }),
    async remind(key) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('reminder')
        .values({ key, at: new Date(now()) })
        .onConflict((on) => on.doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    },
    async dueNow(lineage, duties, at) {
      for (const duty of duties)
        await db
          .insertInto('duty')
          .values({ lineage, duty, due_since: new Date(at), done_at: null, report: null })
          .onConflict((on) => on.columns(['lineage', 'duty']).doUpdateSet({ due_since: new Date(at) }))
          .execute();
    },
  };
}

/** For a decision inside another transaction of this node. */
export async function factsOf(db: Db, reader: AgreementReader, asked: AskedUnder): Promise<PolicyFacts | undefined> {
  const standing = await standingOf(db, reader, asked.agreement);
  if (standing === undefined) return undefined;
  const { lineage } = standing.stored;
  const own = await db
    .selectFrom('charge')
    .select('cells')
    .where('submission_id', '=', asked.submission)
    .where('dataset', '=', asked.dataset)
    .executeTakeFirst();
  return {
    ...standing,
    spent: await spentOf(db, { lineage, at: asked.now, windows: asked.windows, but: asked.submission }),
    charged: own?.cells ?? null,
    duties: await dutiesOf(db, lineage),
  };
}

interface SpentOf {
  readonly lineage: string;
  /** Milliseconds. */
  readonly at: number;
  readonly windows: readonly string[];
  /** This submission is left out. */
  readonly but: string | null;
}

async function spentOf(db: Db, { lineage, at, windows, but }: SpentOf): Promise<Spent> {
  // No submission is called ''.
  const others = but ?? '';
  const row = await db
    .selectFrom('charge')
    .select(({ fn }) => [
      fn.coalesce(fn.sum('cells').filterWhere('submission_id', '!=', others), sql<string>`0`).as('cells'),
      fn.countAll<string>().filterWhere('submission_id', '!=', others).as('questions'),
      ...windows.map((window, index) =>
        fn
          .countAll<string>()
          .filterWhere('submission_id', '!=', others)
          .filterWhere('at', '>', new Date(addDuration(at, window, -1)))
          .as(`within${index}`),
      ),
      fn.min('released_at').as('firstRelease'),
    ])
    .where('lineage', '=', lineage)
    .executeTakeFirstOrThrow();
  const counted: Readonly<Record<string, unknown>> = { ...row };
  const carried = await carriedUnder(
    db,
    lineage,
    windows.map((window) => new Date(addDuration(at, window, -1))),
  );
  return {
    cells: Number(row.cells) + carried.cells,
    questions: Number(row.questions) + carried.questions,
    within: Object.fromEntries(
      windows.map((window, index) => [window, Number(counted[`within${index}`]) + (carried.within[index] ?? 0)]),
    ),
    firstRelease: row.firstRelease?.getTime() ?? null,
  };
}

async function dutiesOf(db: Db, lineage: string): Promise<DutyStanding[]> {
  const rows = await db.selectFrom('duty').selectAll().where('lineage', '=', lineage).orderBy('duty').execute();
  return rows.map(({ duty, due_since: due, done_at: done }) => ({
    duty,
    dueSince: due?.getTime() ?? null,
    doneAt: done?.getTime() ?? null,
  }));
}

async function wasReleased(db: Db, lineage: string, key: AnswerKey): Promise<boolean> {
  const row = await db
    .selectFrom('answer')
    .innerJoin('charge', 'charge.body_hash', 'answer.body_hash')
    .select('charge.body_hash')
    .where('charge.lineage', '=', lineage)
    .where('answer.dataset', '=', key.dataset)
    .where('answer.epoch', '=', key.epoch)
    .where('answer.table_hash', '=', key.table)
    .where('answer.min_cell_size', '=', key.minCellSize)
    .where('answer.versions', '=', key.versions)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
