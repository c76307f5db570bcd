/** Spending that was lost with a restore: carried over from the node's own list, or taken as everything where nobody can tell. */
import { Sha256 } from '@revier/schema';
import { type Kysely, sql } from 'kysely';
import type { NodeTables } from '../db/tables.ts';
import { type Charged, EVERYTHING } from '../restore-ports.ts';

type Db = Kysely<NodeTables>;

/** By lineage, also what was carried over before. */
export async function chargedByLineage(db: Db): Promise<Charged[]> {
  const charges = await db
    .selectFrom('charge')
    .select(({ fn }) => ['lineage', fn.sum<string>('cells').as('cells'), fn.countAll<string>().as('questions')])
    .groupBy('lineage')
    .execute();
  const carried = await db.selectFrom('carried_charge').select(['lineage', 'cells', 'questions']).execute();
  const all = Map.groupBy([...charges, ...carried], ({ lineage }) => lineage);
  return [...all].sort().map(([lineage, own]) => ({
    lineage: Sha256.parse(lineage),
    cells: own.reduce((sum, one) => sum + Number(one.cells), 0),
    questions: own.reduce((sum, one) => sum + Number(one.questions), 0),
  }));
}

/** @param known null: nobody can tell. Returns how many lineages were made good, and how many have nothing left. */
export async function carryOver(
  db: Db,
  known: readonly Charged[] | null,
  at: Date,
): Promise<{ readonly charged: number; readonly exhausted: number }> {
  const held = new Map((await chargedByLineage(db)).map((one) => [one.lineage, one]));
  const missing = (known ?? (await everyLineage(db))).flatMap(({ lineage, cells, questions }) => {
    const own = held.get(lineage) ?? { cells: 0, questions: 0 };
    const lost = { lineage, cells: Math.max(0, cells - own.cells), questions: Math.max(0, questions - own.questions) };
    return lost.cells + lost.questions === 0 ? [] : [lost];
  });
  for (const { lineage, cells, questions } of missing)
    await db
      .insertInto('carried_charge')
      .values({ lineage, cells: String(cells), questions: String(questions), at })
      .execute();
  return known === null ? { charged: 0, exhausted: missing.length } : { charged: missing.length, exhausted: 0 };
}

async function everyLineage(db: Db): Promise<Charged[]> {
  const rows = await db.selectFrom('agreement').select('lineage').distinct().execute();
  return rows.map(({ lineage }) => ({ lineage: Sha256.parse(lineage), cells: EVERYTHING, questions: EVERYTHING }));
}

/** Of one lineage; `within` by the place of each window: what was carried over counts from the time of the restore on. */
export async function carriedUnder(db: Db, lineage: string, from: readonly Date[]) {
  const row = await db
    .selectFrom('carried_charge')
    .select(({ fn }) => [
      fn.coalesce(fn.sum('cells'), sql<string>`0`).as('cells'),
      fn.coalesce(fn.sum('questions'), sql<string>`0`).as('questions'),
    ])
    .where('lineage', '=', lineage)
    .executeTakeFirstOrThrow();
  const within: number[] = [];
  for (const since of from) {
    const { many } = await db
      .selectFrom('carried_charge')
      .select(({ fn }) => fn.coalesce(fn.sum('questions'), sql<string>`0`).as('many'))
      .where('lineage', '=', lineage)
      .where('at', '>', since)
      .executeTakeFirstOrThrow();
    within.push(Number(many));
  }
  return { cells: Number(row.cells), questions: Number(row.questions), within };
}
