/** Stops in the node's records, each with its entry in the audit log: the process and the STOP file may go, they stay. */

import { randomBytes } from 'node:crypto';
import { canonicalText, contentHash, parseCanonical } from '@revier/core';
import { type OpenStop, Sha256, Stop } from '@revier/schema';
import { appendEntry } from '@revier/service-kit';
import type { Kysely } from 'kysely';
import type { NodeTables } from '../db/tables.ts';
import type { Self, Stops } from '../ports.ts';
import { decidedIn, logOf, type NodeDb } from './node-db.ts';

export function recordsStops(node: NodeDb, { participant, realm, now }: Self): Stops {
  const decided = decidedIn(node, now);
  return {
    open: () => openStop(node.db),
    enter: ({ cause, note: { reason, by } }) =>
      decided(async (trx, date) => {
        const at = date.toISOString();
        const nonce = randomBytes(16).toString('hex');
        const stop = Stop.parse({ kind: 'stop', node: participant, realm, at, cause, reason, nonce });
        const [id, reconciled] = [contentHash(stop), cause !== 'restored'];
        await trx
          .insertInto('stop')
          .values({ id, content: canonicalText(stop), reconciled, ended: null })
          .execute();
        const facts = { stop: id, cause, reason };
        await appendEntry(logOf(trx), { decision: 'stopped', codes: ['STOPPED'], facts, person: by ?? null }, date);
        return { id, at, cause, reason, reconciled };
      }),
    end: (id, statement, audit) =>
      decided(async (trx, at) => {
        if ((await openStop(trx))?.id !== id) return false;
        await trx.updateTable('stop').set({ ended: statement }).where('ended', 'is', null).execute();
        await appendEntry(logOf(trx), audit, at);
        return true;
      }),
  };
}

/** One that asks for reconciliation does so also when another stop came after it. */
async function openStop(db: Kysely<NodeTables>): Promise<OpenStop | undefined> {
  const rows = await db.selectFrom('stop').selectAll().where('ended', 'is', null).orderBy('seq', 'desc').execute();
  const [newest] = rows;
  if (newest === undefined) return undefined;
  const { at, cause, reason } = Stop.parse(parseCanonical(Buffer.from(newest.content)));
  return { id: Sha256.parse(newest.id), at, cause, reason, reconciled: rows.every(({ reconciled }) => reconciled) };
}
