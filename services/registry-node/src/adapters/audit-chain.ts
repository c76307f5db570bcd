/** The audit log: canonical entries, each bound to the one before by its hash; persons stand in it as salted commitments only. */
import { randomBytes } from 'node:crypto';
import { canonicalText, contentHash } from '@revier/core';
import { type Kysely, sql } from 'kysely';
import type { NodeTables } from '../db/tables.ts';
import type { AuditEntry } from '../ports.ts';

/** What the first entry is bound to. */
export const GENESIS = 'sha256:0000000000000000000000000000000000000000000000000000000000000000';

/** Identity of an entry: its content, its place and everything before it. */
export const entryHash = (seq: number, previous: string, entry: string): string =>
  contentHash({ seq, previous, entry });

/** Whoever decides takes this first: decisions stand in one line, so what was checked under it stays true until the entry. */
export const lockChain = (trx: Kysely<NodeTables>, schema: string): Promise<unknown> =>
  sql`lock table ${sql.id(schema, 'audit')} in share row exclusive mode`.execute(trx);

/** Writes one entry inside the caller's transaction, after `lockChain`. */
export async function appendEntry(trx: Kysely<NodeTables>, { person, ...said }: AuditEntry, at: Date): Promise<void> {
  const last = await trx.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  const seq = (last?.seq ?? 0) + 1;
  const previous = last?.hash ?? GENESIS;
  const entry = canonicalText({ ...said, at: at.toISOString(), person: await commit(trx, person) });
  await trx
    .insertInto('audit')
    .values({ seq, entry, previous, hash: entryHash(seq, previous, entry) })
    .execute();
}

/** Without its opening, which can be erased, a commitment says nothing. */
async function commit(trx: Kysely<NodeTables>, person: string | null): Promise<string | null> {
  if (person === null) return null;
  const salt = randomBytes(32).toString('hex');
  const commitment = contentHash({ salt, person });
  await trx.insertInto('audit_opening').values({ commitment, salt, person }).execute();
  return commitment;
}
