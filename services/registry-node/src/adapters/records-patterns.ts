/** Patterns in the node's records: decided once a data epoch, and never changed. */
import { canonicalText } from '@revier/core';
import { Sha256, Table } from '@revier/schema';
import { lockLog } from '@revier/service-kit';
import type { Kysely } from 'kysely';
import type { NodeTables } from '../db/tables.ts';
import type { PatternEpoch, Patterns, PatternsOfEpoch } from '../linked-ports.ts';
import { logOf, type NodeDb } from './node-db.ts';

type Db = Kysely<NodeTables>;

export function recordsPatterns(node: NodeDb): Patterns {
  return {
    of: (epoch) => read(node.db, epoch),
    keep: (epoch, before, fresh) =>
      node.transaction(async (trx) => {
        // Nothing is answered and no pattern kept while this holds.
        await lockLog(logOf(trx));
        const now = await read(trx, epoch);
        if (now.patterns.length !== before.patterns.length || now.hasOthers !== before.hasOthers) return false;
        for (const { table, hash, versions, linkable, shown } of fresh)
          await trx
            .insertInto('pattern')
            .values({
              ...{ ...epoch, table_hash: hash, versions, content: canonicalText(table), linkable },
              shown: Buffer.from(shown),
            })
            .execute();
        return true;
      }),
  };
}

async function read(db: Db, { dataset, epoch }: PatternEpoch): Promise<PatternsOfEpoch> {
  const rows = await db
    .selectFrom('pattern')
    .selectAll()
    .where('dataset', '=', dataset)
    .where('epoch', '=', epoch)
    .orderBy('table_hash')
    .orderBy('versions')
    .execute();
  const answered = await db
    .selectFrom('answer')
    .select(['table_hash', 'versions'])
    .where('dataset', '=', dataset)
    .where('epoch', '=', epoch)
    .execute();
  const patterns = rows.map((row) => ({
    table: Table.parse(JSON.parse(row.content)),
    hash: Sha256.parse(row.table_hash),
    versions: Sha256.parse(row.versions),
    linkable: row.linkable,
    shown: Uint8Array.from(row.shown),
  }));
  const known = new Set(rows.map((row) => `${row.table_hash} ${row.versions}`));
  return { patterns, hasOthers: answered.some((row) => !known.has(`${row.table_hash} ${row.versions}`)) };
}
