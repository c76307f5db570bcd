/** How far the audit log has come: its length and the hash that stands for everything up to an entry; and whom it no longer names. */
import type { TreeHead } from '@revier/core';
import { Sha256 } from '@revier/schema';
import { headAt, headNow } from '@revier/service-kit';
import { sql } from 'kysely';
import type { LogHead, LogHeads } from '../restore-ports.ts';
import { logOf, type NodeDb } from './node-db.ts';

export const logHeads = ({ db, schema }: NodeDb): LogHeads => ({
  now: async () => named(await headNow(logOf(db))),
  async at(size) {
    const now = await headNow(logOf(db));
    return now.size < size ? undefined : named(await headAt(logOf(db), size)).head;
  },
  async erased() {
    const [entries, openings] = [sql.table(`${schema}.log_entry`), sql.table(`${schema}.log_opening`)];
    const { rows } = await sql<{ person: string }>`select distinct entry::json->>'person' as person from ${entries}
      where entry::json->>'person' is not null and entry::json->>'person' not in (select commitment from ${openings})
      order by 1`.execute(db);
    return rows.map(({ person }) => Sha256.parse(person));
  },
  async erase(commitments) {
    if (commitments.length === 0) return 0;
    const { numDeletedRows } = await db
      .deleteFrom('log_opening')
      .where('commitment', 'in', [...commitments])
      .executeTakeFirst();
    return Number(numDeletedRows);
  },
});

const named = ({ size, hash }: TreeHead): LogHead => ({
  size,
  head: Sha256.parse(`sha256:${Buffer.from(hash).toString('hex')}`),
});
