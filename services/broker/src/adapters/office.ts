/** The enrolment office in the records. */
import { contentHash } from '@revier/core';
import { DraftView, GeneralJws, Sha256, TrustList } from '@revier/schema';
import { appendEntry, parseJson, type Records, type RecordsTrustMemory } from '@revier/service-kit';
import { type Kysely, type Selectable, sql } from 'kysely';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import type { Draft, Office } from '../office-ports.ts';
import { logOf } from './records-log.ts';

/** The only row of `drafts`. */
const PLACE = 1;

export function recordsOffice(records: Records, memory: Pick<RecordsTrustMemory, 'version'>): Office {
  const root = records.db<BrokerTables>();
  const db = root.withSchema(SCHEMA);
  return {
    invite: (code, expires, { entry, at }) =>
      root.transaction().execute(async (transaction) => {
        const within = transaction.withSchema(SCHEMA);
        const row = await within
          .insertInto('invitations')
          .values({ code, expires: new Date(expires), used: null })
          .onConflict((conflict) => conflict.doNothing())
          .returning('code')
          .executeTakeFirst();
        if (row !== undefined) await appendEntry(logOf(within), entry, new Date(at));
        return row !== undefined;
      }),
    enrol: (enrolment, code, { entry, at: now }) =>
      root.transaction().execute(async (transaction) => {
        const within = transaction.withSchema(SCHEMA);
        if (code !== null && !(await useUp(within, code, new Date(now)))) return false;
        await within
          .insertInto('enrolments')
          .values({ hash: contentHash(enrolment), jws: JSON.stringify(enrolment), received: new Date(now) })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        await appendEntry(logOf(within), entry, new Date(now));
        return true;
      }),
    async enrolments(limit) {
      const rows = await db.selectFrom('enrolments').selectAll().orderBy('received', 'desc').limit(limit).execute();
      return rows.map(({ jws, received }) => ({
        enrolment: GeneralJws.parse(parseJson(jws)),
        received: received.getTime(),
      }));
    },
    async putDraft({ hash, list, signatures }) {
      const row = { hash, list: JSON.stringify(list), signatures: JSON.stringify(signatures) };
      await db
        .insertInto('drafts')
        .values({ place: PLACE, ...row })
        .onConflict((conflict) => conflict.column('place').doUpdateSet(row))
        .execute();
    },
    async draft() {
      const row = await db.selectFrom('drafts').selectAll().executeTakeFirst();
      return row && draftOf(row);
    },
    // In the statement itself, so that of two who sign at the same time neither is lost.
    async sign(hash, signature) {
      const row = await db
        .updateTable('drafts')
        .set({ signatures: sql<string>`(signatures::jsonb || ${JSON.stringify([signature])}::jsonb)::text` })
        .where('hash', '=', hash)
        .returningAll()
        .executeTakeFirst();
      return row && draftOf(row);
    },
    async dropDraft(hash) {
      await db.deleteFrom('drafts').where('hash', '=', hash).execute();
    },
    listOf: (version) => memory.version(version),
  };
}

/** One statement: of two who come with the same code at the same time, one is too late. */
async function useUp(db: Kysely<BrokerTables>, code: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('invitations')
    .set({ used: now })
    .where('code', '=', code)
    .where('used', 'is', null)
    .where('expires', '>', now)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

const draftOf = ({ hash, list, signatures }: Selectable<BrokerTables['drafts']>): Draft => ({
  hash: Sha256.parse(hash),
  list: TrustList.parse(parseJson(list)),
  signatures: DraftView.shape.signatures.parse(parseJson(signatures)),
});
