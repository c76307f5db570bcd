/** Proofs that have been used, until they are too old to be used at all: shared by all processes, and kept over restarts. */
import { digest } from '@revier/core';
import type { Records } from '@revier/service-kit';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import type { ProofStore } from '../log-in-ports.ts';

export function proofStore(records: Records): ProofStore {
  const db = records.db<BrokerTables>().withSchema(SCHEMA);
  return {
    async use({ name, until }) {
      const row = { proof: digest(Buffer.from(name)), until: new Date(until) };
      const done = await db
        .insertInto('proofs')
        .values(row)
        .onConflict((conflict) => conflict.column('proof').doNothing())
        .executeTakeFirst();
      return done.numInsertedOrUpdatedRows === 1n;
    },
    async prune(now) {
      await db.deleteFrom('proofs').where('until', '<', new Date(now)).execute();
    },
  };
}
