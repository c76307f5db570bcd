/** Appending: an entry, its hashes and the opening of its person, in the transaction of whatever it tells. */
import { randomBytes } from 'node:crypto';
import { canonicalText, contentHash, type Frontier, frontierOf, grow, HASH_BYTES, leafHash } from '@revier/core';
import { AppError, type LogEntry, type Sha256 } from '@revier/schema';
import type { LogDb } from './tables.ts';

/** What happened; the log adds when, and keeps the person apart. */
export interface EntryToLog extends Pick<LogEntry, 'decision'> {
  readonly codes: readonly string[];
  readonly facts: Readonly<LogEntry['facts']>;
  /** In clear text; it stands in the entry as a salted commitment, whose opening can be erased. */
  readonly person: string | null;
  /** What it was decided from, by content hash. */
  readonly snapshots?: ReadonlyMap<Sha256, string>;
}

/** Whoever decides takes this first: decisions stand in one line, so what was checked under it stays true until the entry. */
export async function lockLog(trx: LogDb): Promise<Frontier> {
  const row = await trx.selectFrom('log_head').select(['size', 'frontier']).forUpdate().executeTakeFirst();
  return frontierIn(row);
}

/** @throws AppError INTERNAL for a log without its head */
export function frontierIn(row: { readonly size: string; readonly frontier: Buffer } | undefined): Frontier {
  if (row === undefined) throw new AppError('INTERNAL', { detail: 'The audit log has lost its head.' });
  return frontierOf(Number(row.size), hashesIn(row.frontier));
}

/** Writes one entry inside the caller's transaction, on a query builder bound to the schema. Returns its place. */
export async function appendEntry(trx: LogDb, entry: EntryToLog, at: Date): Promise<number> {
  const { person, snapshots = new Map(), decision, codes, facts } = entry;
  const opening = person === null ? null : openingOf(person, at);
  await keepSnapshots(trx, snapshots);
  if (opening !== null) await trx.insertInto('log_opening').values(opening).execute();
  const text = canonicalText({
    at: at.toISOString(),
    decision,
    codes: [...codes],
    facts,
    person: opening?.commitment ?? null,
  } satisfies LogEntry);
  return appendLeaf(trx, text);
}

/** Two statements: the head is taken and held until the transaction ends, then entry and new head are written at once. */
export async function appendLeaf(trx: LogDb, text: string): Promise<number> {
  const before = await lockLog(trx);
  const { frontier, completed } = grow(before, leafHash(Buffer.from(text)));
  await trx
    .with('grown', (db) =>
      db
        .updateTable('log_head')
        .set({ size: frontier.size, frontier: Buffer.concat(frontier.hashes) })
        .returning('size'),
    )
    .insertInto('log_entry')
    .values({ index: before.size, entry: text, hashes: Buffer.concat(completed) })
    .execute();
  return before.size;
}

async function keepSnapshots(trx: LogDb, snapshots: ReadonlyMap<Sha256, string>): Promise<void> {
  if (snapshots.size === 0) return;
  await trx
    .insertInto('log_snapshot')
    .values([...snapshots].map(([hash, content]) => ({ hash, content })))
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute();
}

/** Without its opening a commitment says nothing: the salt is as long as its hash. */
function openingOf(person: string, at: Date) {
  const salt = randomBytes(32).toString('hex');
  return { commitment: contentHash({ salt, person }), salt, person, at };
}

function hashesIn(bytes: Buffer): Buffer[] {
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, at) =>
    bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}
