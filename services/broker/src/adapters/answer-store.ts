/** Answers and the bodies that they are made of. */
import { digest } from '@revier/core';
import { CompactJws } from '@revier/schema';
import type { Kysely } from 'kysely';
import type { BrokerTables } from '../db/tables.ts';
import type { QueryStore } from '../query-ports.ts';
import { enterEnd } from './enter-end.ts';

export const answerStore = (
  db: Kysely<BrokerTables>,
): Pick<QueryStore, 'bodies' | 'addAnswer' | 'answer' | 'isAnswered' | 'endDryRun'> => ({
  bodies: async (hashes) => {
    if (hashes.length === 0) return new Map();
    const rows = await db
      .selectFrom('bodies')
      .selectAll()
      .where('hash', 'in', [...hashes])
      .execute();
    return new Map(rows.map(({ hash, bytes }) => [hash, bytes]));
  },
  addAnswer: (queryId, { answer, result, outcome }, at) =>
    db.transaction().execute(async (transaction) => {
      const stored = await transaction
        .insertInto('answers')
        .values({ query_id: queryId, answer, result })
        .onConflict((conflict) => conflict.column('query_id').doNothing())
        .returning('query_id')
        .executeTakeFirst();
      if (stored === undefined) return false;
      await transaction
        .updateTable('queries')
        .set({ answered: new Date(at), outcome })
        .where('query_id', '=', queryId)
        .execute();
      const hashes = { answer: digest(Buffer.from(answer)), result: digest(Buffer.from(result)) };
      await enterEnd(transaction, queryId, hashes, at);
      return true;
    }),
  endDryRun: (queryId, at) =>
    db.transaction().execute(async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('queries')
        .set({ answered: new Date(at) })
        .where('query_id', '=', queryId)
        .where('answered', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 1n) await enterEnd(transaction, queryId, { answer: null, result: null }, at);
    }),
  isAnswered: async (queryId) => {
    const row = await db.selectFrom('queries').select('answered').where('query_id', '=', queryId).executeTakeFirst();
    return row !== undefined && row.answered !== null;
  },
  answer: async (queryId) => {
    const row = await db.selectFrom('answers').selectAll().where('query_id', '=', queryId).executeTakeFirst();
    return row && { answer: row.answer, result: CompactJws.parse(row.result) };
  },
});
