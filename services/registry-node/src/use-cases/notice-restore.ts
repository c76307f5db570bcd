/** Noticing that records or folder were restored: then the node must not answer before somebody has looked at what it has forgotten. */
import type { FolderMark, LogHeads, Restores } from '../restore-ports.ts';

export interface RestoreDeps {
  /** Undefined where the node has no folder. */
  readonly mark: FolderMark | undefined;
  readonly heads: LogHeads;
  readonly restores: Restores;
}

export interface Noticed {
  readonly reason: string;
  /** Entries that the log is known to have had; null when nobody can tell, since the mark is as old as the records. */
  readonly known: number | null;
}

/** Undefined when nothing speaks for a restore. Records that nobody has used yet are paired with the folder. */
export async function noticeRestore({ mark, heads, restores }: RestoreDeps): Promise<Noticed | undefined> {
  if (mark === undefined) return undefined;
  const [place, found, { size }] = [await restores.place(), await mark.read(), await heads.now()];
  if (place === undefined && found === 'missing') return undefined;
  const known = typeof found === 'string' || found.isCopy ? null : Math.max(size, found.size);
  const noticed = (reason: string): Noticed => ({ reason, known });
  if (found === 'missing') return noticed('The mark in the folder is missing: the folder was restored without it.');
  if (found === 'broken') return noticed('The mark in the folder cannot be read.');
  if (found.place !== place) return noticed('The records are not those that this folder was used with.');
  const then = await heads.at(found.size);
  if (then === undefined) return noticed('The records are older than the folder: they were restored.');
  if (then !== found.head) return noticed('The records tell another past than the folder has seen.');
  return found.isCopy ? noticed('The folder is a copy: it was restored, or moved.') : undefined;
}

/** From now on the folder vouches for this state of the records. */
export async function keepMark({ mark, heads, restores }: RestoreDeps): Promise<void> {
  if (mark === undefined) return;
  const place = (await restores.place()) ?? (await restores.newPlace());
  await mark.write({ place, ...(await heads.now()) });
}
