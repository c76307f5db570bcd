/** Checkpoints of one's own log, what witnesses say of them, and what was seen of other logs. */
import { headOf, type TreeHash, type TreeHead } from '@revier/core';
import { lockLog } from './append.ts';
import { consistencyProof } from './read.ts';
import type { LogDb } from './tables.ts';

export interface OwnCheckpoint {
  readonly size: number;
  /** Signed by the owner. */
  readonly note: string;
}

export async function latestCheckpoint(db: LogDb): Promise<OwnCheckpoint | undefined> {
  const row = await db.selectFrom('log_checkpoint').selectAll().orderBy('size', 'desc').limit(1).executeTakeFirst();
  return row && { size: Number(row.size), note: row.note };
}

/**
 * The newest checkpoint, signed now when the log has grown; undefined while it is empty. Run it in a transaction: it holds
 * the head, so no two processes sign different checkpoints of one size.
 */
export async function checkpointNow(trx: LogDb, sign: (head: TreeHead) => string): Promise<OwnCheckpoint | undefined> {
  const frontier = await lockLog(trx);
  const latest = await latestCheckpoint(trx);
  if (frontier.size <= (latest?.size ?? 0)) return latest;
  const { size } = frontier;
  const note = sign({ size, hash: headOf(frontier) });
  await trx.insertInto('log_checkpoint').values({ size, note }).execute();
  return { size, note };
}

/** What shows that the newest checkpoint goes on from one of size `from`. */
export async function stepFrom(
  db: LogDb,
  latest: OwnCheckpoint,
  from: number,
): Promise<{ readonly note: string; readonly from: number; readonly proof: readonly TreeHash[] }> {
  return { note: latest.note, from, proof: await consistencyProof(db, from, latest.size) };
}

/** @param line verified before; a witness that says it again is heard once. */
export async function keepCosignature(db: LogDb, size: number, witness: string, line: string): Promise<void> {
  await db
    .insertInto('log_cosignature')
    .values({ size, witness, line })
    .onConflict((conflict) => conflict.columns(['size', 'witness']).doNothing())
    .execute();
}

/** Own checkpoints with the lines of their witnesses, oldest first. */
export async function witnessedCheckpoints(
  db: LogDb,
): Promise<readonly (OwnCheckpoint & { readonly lines: readonly string[] })[]> {
  const [notes, lines] = await Promise.all([
    db.selectFrom('log_checkpoint').selectAll().orderBy('size').execute(),
    db.selectFrom('log_cosignature').selectAll().orderBy('size').orderBy('witness').execute(),
  ]);
  const bySize = Map.groupBy(lines, ({ size }) => size);
  return notes.map(({ size, note }) => ({
    size: Number(size),
    note,
    lines: (bySize.get(size) ?? []).map(({ line }) => line),
  }));
}

/** Of another log. */
export interface SeenLog {
  readonly origin: string;
  readonly size: number;
  readonly note: string;
  readonly fault: string | null;
}

export async function seenLogs(db: LogDb): Promise<readonly SeenLog[]> {
  const rows = await db.selectFrom('log_seen').selectAll().orderBy('origin').execute();
  return rows.map(({ size, ...row }) => ({ ...row, size: Number(size) }));
}

/** The newest checkpoint of another log; a fault stays until somebody has looked into it. */
export async function keepSeen(db: LogDb, { origin, size, note }: Omit<SeenLog, 'fault'>): Promise<void> {
  await db
    .insertInto('log_seen')
    .values({ origin, size, note, fault: null })
    .onConflict((conflict) => conflict.column('origin').doUpdateSet({ size, note }))
    .execute();
}

/** True when the fault is new. */
export async function keepFault(db: LogDb, origin: string, fault: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('log_seen')
    .set({ fault })
    .where('origin', '=', origin)
    .where('fault', 'is distinct from', fault)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
