/** Secure sums in PostgreSQL: one step at a time, and whom to ask next in the same transaction. */
import { beginSum, hasMoved, owing, type SumCourse } from '@revier/core';
import type { Records } from '@revier/service-kit';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import type { SumNamed, SumStore } from '../sum-ports.ts';

type Db = Kysely<BrokerTables>;

const text = z.string().nullable();
const Course = z.strictObject({
  attempt: z.int(),
  phase: z.enum(['offer', 'roster', 'open', 'opened']),
  since: z.number(),
  recover: z.array(z.string()),
  parts: z.array(
    z.strictObject({
      ...{ member: z.string(), receipt: text, header: text, body: text, seed: text, hasOpened: z.boolean() },
      shares: z.record(z.string(), z.strictObject({ x: z.int(), y: z.string() })),
    }),
  ),
});

export function sumStore(records: Records): SumStore {
  const db = records.db<BrokerTables>().withSchema(SCHEMA);
  return {
    step: (of, decide, now) =>
      db.transaction().execute(async (trx) => {
        await sql`select pg_advisory_xact_lock(hashtextextended(${of.cells}, 0))`.execute(trx);
        const before = (await courseOf(trx, of.queryId)) ?? beginSum(of.members, now);
        const course = decide(before, !(await isBusy(trx, of)));
        if (course !== before) await save(trx, of, { before, course, now });
        return { before, course };
      }),
    course: (queryId) => courseOf(db, queryId),
    async keepBody(hash, bytes) {
      await db
        .insertInto('bodies')
        .values({ hash, bytes })
        .onConflict((conflict) => conflict.column('hash').doNothing())
        .execute();
    },
    async seeds(bodies) {
      if (bodies.length === 0) return new Map();
      const rows = await db
        .selectFrom('sum_seeds')
        .selectAll()
        .where('body', 'in', [...bodies])
        .execute();
      return new Map(rows.map(({ body, seed }) => [body, seed]));
    },
  };
}

async function courseOf(db: Db, queryId: string): Promise<SumCourse | undefined> {
  const row = await db.selectFrom('sums').select('course').where('query_id', '=', queryId).executeTakeFirst();
  return row && Course.parse(JSON.parse(row.course));
}

/** Another one over the same cells is being masked or opened, and its query goes on. */
async function isBusy(db: Db, { queryId, cells }: SumNamed): Promise<boolean> {
  const other = await db
    .selectFrom('sums')
    .innerJoin('queries', 'queries.query_id', 'sums.query_id')
    .select('sums.query_id')
    .where('sums.cells', '=', cells)
    .where('sums.query_id', '<>', queryId)
    .where('sums.phase', 'in', ['roster', 'open'])
    .where('queries.outcome', 'is', null)
    .executeTakeFirst();
  return other !== undefined;
}

interface Change {
  readonly before: SumCourse;
  readonly course: SumCourse;
  readonly now: number;
}

async function save(trx: Db, { queryId, cells }: SumNamed, { before, course, now }: Change): Promise<void> {
  const row = { phase: course.phase, course: JSON.stringify(course) };
  await trx
    .insertInto('sums')
    .values({ query_id: queryId, cells, ...row })
    .onConflict((conflict) => conflict.column('query_id').doUpdateSet(row))
    .execute();
  const seeds = course.phase === 'opened' ? course.parts : [];
  for (const { body, seed } of seeds)
    if (body !== null && seed !== null)
      await trx
        .insertInto('sum_seeds')
        .values({ body, seed })
        .onConflict((conflict) => conflict.column('body').doNothing())
        .execute();
  await askNext(trx, queryId, { before, course, now });
}

/** Whoever has said all that the phase asks for is left alone; when it changes, the others are asked at once. */
async function askNext(trx: Db, queryId: string, { before, course, now }: Change): Promise<void> {
  const next = course.phase === 'opened' ? [] : [...owing(course)];
  const moved = hasMoved(before, course);
  await sql`
    update ${sql.table(`${SCHEMA}.tasks`)} set due = case
      when not (holder = any(${next}::text[])) then null
      when ${moved} then ${new Date(now)}::timestamptz else due end
    where query_id = ${queryId}::uuid and mode = 'F' and status in ('waiting', 'accepted')`.execute(trx);
}
