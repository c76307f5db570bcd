/** A log as lines for whoever verifies it elsewhere: entries with commitments only, checkpoints with their cosignatures, snapshots. */
import { type ExportLine, type ParticipantId, type Realm, Sha256 } from '@revier/schema';
import { seenLogs, witnessedCheckpoints } from './checkpoints.ts';
import { entriesFrom, headNow } from './read.ts';
import type { LogDb } from './tables.ts';

export interface LogOwner {
  readonly origin: string;
  readonly participant: ParticipantId;
  readonly realm: Realm;
}

/** Further snapshots that the owner keeps elsewhere. */
export type MoreSnapshots = () => AsyncIterable<{ readonly hash: string; readonly content: string }>;

/** Never an opening: nobody's name leaves. */
export async function* exportLog(db: LogDb, owner: LogOwner, more?: MoreSnapshots): AsyncGenerator<ExportLine> {
  // The checkpoints first: none may be of a longer log than the entries that follow.
  const checkpoints = await witnessedCheckpoints(db);
  const { size } = await headNow(db);
  yield { kind: 'log', ...owner, size };
  for await (const { index, entry } of entriesFrom(db, 0, size)) yield { kind: 'entry', index, entry };
  for (const { note, lines } of checkpoints)
    yield { kind: 'checkpoint', note: `${note}${lines.map((line) => `${line}\n`).join('')}` };
  for (const { note } of await seenLogs(db)) yield { kind: 'seen', note };
  for (const { hash, content } of await db.selectFrom('log_snapshot').selectAll().orderBy('hash').execute())
    yield { kind: 'snapshot', hash: Sha256.parse(hash), content };
  if (more !== undefined)
    for await (const { hash, content } of more()) yield { kind: 'snapshot', hash: Sha256.parse(hash), content };
}
