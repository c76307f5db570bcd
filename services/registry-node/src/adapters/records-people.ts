/** The people enrolled at this node, in its records, with every change that two of them have signed. */

import { contentHash } from '@revier/core';
import { KeyId, Person } from '@revier/schema';
import { appendEntry } from '@revier/service-kit';
import type { Kysely } from 'kysely';
import type { NodeTables } from '../db/tables.ts';
import type { Enrolled, People, Roll } from '../ports.ts';
import { decidedIn, logOf, type NodeDb } from './node-db.ts';

export function recordsPeople(node: NodeDb, now: () => number): People {
  const decided = decidedIn(node, now);
  return {
    roll: () => rollOf(node.db),
    found: (first) =>
      decided(async (trx, at) => {
        if ((await changes(trx)) > 0) return;
        await replace(trx, first, null);
        const { id: roll } = await rollOf(trx);
        const facts = { roll, what: 'first', people: first.length };
        await appendEntry(logOf(trx), { decision: 'people-changed', codes: [], facts, person: null }, at);
      }),
    change: (to, from, signed, audit) =>
      decided(async (trx, at) => {
        if ((await rollOf(trx)).id !== from) return false;
        await replace(trx, to, JSON.stringify(signed));
        await appendEntry(logOf(trx), audit, at);
        return true;
      }),
  };
}

const changes = async (db: Kysely<NodeTables>): Promise<number> => {
  const { count } = await db
    .selectFrom('people_change')
    .select(({ fn }) => fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
};

async function rollOf(db: Kysely<NodeTables>): Promise<Roll> {
  const rows = await db.selectFrom('person').selectAll().orderBy('kid').execute();
  const people = rows.map(({ kid, name, role, key }) => ({
    ...Person.parse({ name, role, key: JSON.parse(key) }),
    kid: KeyId.parse(kid),
  }));
  return { id: contentHash({ changes: await changes(db), people }), people };
}

async function replace(trx: Kysely<NodeTables>, people: readonly Enrolled[], signed: string | null): Promise<void> {
  await trx.deleteFrom('person').execute();
  for (const { key, ...person } of people)
    await trx
      .insertInto('person')
      .values({ ...person, key: JSON.stringify(key) })
      .execute();
  await trx.insertInto('people_change').values({ signed }).execute();
}
