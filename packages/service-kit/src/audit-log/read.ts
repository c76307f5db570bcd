/** Reading a log: its head, proofs over it, its entries page by page, and whom commitments stand for. */
import {
  consistencyRanges,
  HASH_BYTES,
  headOf,
  inclusionRanges,
  proofOf,
  type Range,
  type ReadSubtree,
  rangeHash,
  type Subtree,
  subtreesFor,
  type TreeHash,
  type TreeHead,
} from '@revier/core';
import { AppError } from '@revier/schema';
import { frontierIn } from './append.ts';
import type { LogDb } from './tables.ts';

/** As of now, without holding it. */
export async function headNow(db: LogDb): Promise<TreeHead> {
  const frontier = frontierIn(await db.selectFrom('log_head').select(['size', 'frontier']).executeTakeFirst());
  return { size: frontier.size, hash: headOf(frontier) };
}

/** Of the first `size` entries. */
export async function headAt(db: LogDb, size: number): Promise<TreeHead> {
  const whole = { begin: 0, end: size };
  return { size, hash: rangeHash(whole, await readerFor(db, [whole])) };
}

/** That entry `index` is among the first `size`. */
export const inclusionProof = async (db: LogDb, index: number, size: number): Promise<TreeHash[]> =>
  proven(db, inclusionRanges(index, size));

/** That the first `size` entries begin with the first `earlier`. */
export const consistencyProof = async (db: LogDb, earlier: number, size: number): Promise<TreeHash[]> =>
  proven(db, consistencyRanges(earlier, size));

const proven = async (db: LogDb, ranges: readonly Range[]): Promise<TreeHash[]> =>
  proofOf(ranges, await readerFor(db, ranges));

/** All that ranges need is read in one statement; a subtree stands in the row of its last leaf. */
async function readerFor(db: LogDb, ranges: readonly Range[]): Promise<ReadSubtree> {
  const rowOf = ({ level, index }: Subtree): number => (index + 1) * 2 ** level - 1;
  const needed = [...new Set(subtreesFor(ranges).map(rowOf))];
  const rows =
    needed.length === 0
      ? []
      : await db.selectFrom('log_entry').select(['index', 'hashes']).where('index', 'in', needed.map(String)).execute();
  const hashes = new Map(rows.map(({ index, hashes }) => [Number(index), hashes]));
  return (subtree) => {
    const from = subtree.level * HASH_BYTES;
    const hash = hashes.get(rowOf(subtree))?.subarray(from, from + HASH_BYTES);
    if (hash?.length !== HASH_BYTES) throw new AppError('INTERNAL', { detail: 'The audit log has lost an entry.' });
    return hash;
  };
}

export interface StoredEntry {
  readonly index: number;
  /** RFC 8785 text of a `LogEntry`. */
  readonly entry: string;
}

const PAGE = 1000;

/** In their order, from one place on; a page in memory at a time. */
export async function* entriesFrom(db: LogDb, from: number, before: number): AsyncGenerator<StoredEntry> {
  for (let next = from; next < before; ) {
    const rows = await db
      .selectFrom('log_entry')
      .select(['index', 'entry'])
      .where('index', '>=', String(next))
      .where('index', '<', String(before))
      .orderBy('index')
      .limit(PAGE)
      .execute();
    for (const { index, entry } of rows) yield { index: Number(index), entry };
    const last = rows.at(-1);
    if (last === undefined) return;
    next = Number(last.index) + 1;
  }
}

/** The newest first; those before a place, to go on. */
export async function lastEntries(db: LogDb, limit: number, before = Number.MAX_SAFE_INTEGER): Promise<StoredEntry[]> {
  const rows = await db
    .selectFrom('log_entry')
    .select(['index', 'entry'])
    .where('index', '<', String(before))
    .orderBy('index', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ index, entry }) => ({ index: Number(index), entry }));
}

/** Whom commitments stand for; those that were erased are missing. */
export async function personsBehind(db: LogDb, commitments: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (commitments.length === 0) return new Map();
  const rows = await db
    .selectFrom('log_opening')
    .select(['commitment', 'person'])
    .where('commitment', 'in', [...commitments])
    .execute();
  return new Map(rows.map(({ commitment, person }) => [commitment, person]));
}

/** The log stays as it is, and verifies as before: only whom its commitments stand for is forgotten. Returns how many. */
export async function eraseOpenings(db: LogDb, before: Date): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('log_opening').where('at', '<', before).executeTakeFirst();
  return Number(numDeletedRows);
}

export async function snapshotsOf(db: LogDb, hashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (hashes.length === 0) return new Map();
  const rows = await db
    .selectFrom('log_snapshot')
    .selectAll()
    .where('hash', 'in', [...hashes])
    .execute();
  return new Map(rows.map(({ hash, content }) => [hash, content]));
}
