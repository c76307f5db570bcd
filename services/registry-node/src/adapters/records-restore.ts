/** Restores in the node's records: the place they belong to, what was known of the log, what is sealed and what is revoked. */
import { randomUUID } from 'node:crypto';
import { Sha256 } from '@revier/schema';
import { appendEntry } from '@revier/service-kit';
import type { Kysely } from 'kysely';
import type { NodeTables } from '../db/tables.ts';
import type { Restores, ToReconcile } from '../restore-ports.ts';
import { carryOver, chargedByLineage } from './carried-charges.ts';
import { decidedIn, logOf, type NodeDb } from './node-db.ts';

export function recordsRestore(node: NodeDb, now: () => number): Restores {
  const { db } = node;
  const decided = decidedIn(node, now);
  return {
    place: async () => (await db.selectFrom('place').select('id').executeTakeFirst())?.id,
    async newPlace() {
      const id = randomUUID();
      await db.insertInto('place').values({ id }).execute();
      return id;
    },
    async remember(stop, known) {
      if (known === null) return;
      await db
        .insertInto('restore')
        .values({ stop, known_size: String(known) })
        .execute();
    },
    async known() {
      const rows = await db
        .selectFrom('stop')
        .leftJoin('restore', 'restore.stop', 'stop.id')
        .select('restore.known_size')
        .where('stop.ended', 'is', null)
        .where('stop.reconciled', '=', false)
        .execute();
      if (rows.length === 0) return undefined;
      const sizes = rows.flatMap(({ known_size: size }) => (size === null ? [] : [Number(size)]));
      return sizes.length < rows.length ? null : Math.max(...sizes);
    },
    async accepted() {
      const rows = await db.selectFrom('restore').select('known_size').execute();
      return Math.max(0, ...rows.map(({ known_size: size }) => Number(size)));
    },
    reconcile: (what) => decided((trx, at) => reconcile(trx, what, at)),
    charges: () => chargedByLineage(db),
    async isSealed({ dataset, epoch }) {
      const row = await db
        .selectFrom('sealed_epoch')
        .select('epoch')
        .where('dataset', '=', dataset)
        .where('epoch', '=', epoch)
        .executeTakeFirst();
      return row !== undefined;
    },
    async revoked() {
      const rows = await db
        .selectFrom('agreement_status')
        .select('agreement as hash')
        .where('status', 'not in', ['ACTIVE', 'SUSPENDED'])
        .execute();
      const before = await db.selectFrom('revoked_agreement').select('hash').execute();
      return [...new Set([...rows, ...before].map(({ hash }) => Sha256.parse(hash)))].sort();
    },
    async coverage(datasets) {
      const epochs = [...datasets].map(({ description }) => description.epoch);
      if (epochs.length === 0) return [];
      const rows = await db.selectFrom('coverage').selectAll().where('epoch', 'in', epochs).execute();
      return rows.map(({ dataset, epoch, table_hash, digest }) => ({
        ...{ dataset, epoch, table: Sha256.parse(table_hash), digest: Sha256.parse(digest) },
      }));
    },
  };
}

/** Either all of it or nothing; with it, the stops that hold are reconciled. */
async function reconcile(
  trx: Kysely<NodeTables>,
  { charges, revoked, coverage, sealed, audit }: ToReconcile,
  at: Date,
): ReturnType<Restores['reconcile']> {
  const rows = coverage.map(({ table: table_hash, ...rest }) => ({ ...rest, table_hash }));
  for (const hash of revoked)
    await trx
      .insertInto('revoked_agreement')
      .values({ hash })
      .onConflict((on) => on.doNothing())
      .execute();
  for (const row of rows)
    await trx
      .insertInto('coverage')
      .values(row)
      .onConflict((on) => on.doNothing())
      .execute();
  for (const epoch of sealed)
    await trx
      .insertInto('sealed_epoch')
      .values(epoch)
      .onConflict((on) => on.doNothing())
      .execute();
  const done = await carryOver(trx, charges, at);
  await trx.updateTable('stop').set({ reconciled: true }).where('ended', 'is', null).execute();
  await appendEntry(logOf(trx), { ...audit, facts: { ...audit.facts, ...done } }, at);
  return done;
}
