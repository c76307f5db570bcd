/** Verifying an exported log offline: the tree against every signed checkpoint, its witnesses, and what others have seen of it. */
import { AppError } from '@revier/schema';
import { type Checkpoint, openCheckpoint, originOf } from '../notes/checkpoint.ts';
import { cosignedAt } from '../notes/cosignature.ts';
import type { Note } from '../notes/note.ts';
import type { Trust } from '../signatures/trust.ts';
import { ExportFault, headsAt, isHeadOf, type ReadLog, type ReadOptions, readExport } from './read-export.ts';

/** `incomplete`: less is here than was signed. `unwitnessed`: nobody else vouches for it. */
export type LogVerdict = 'ok' | 'tampered' | 'incomplete' | 'unwitnessed';

export interface LogFinding {
  readonly verdict: LogVerdict;
  readonly origin: string | null;
  readonly entries: number;
  /** Of the longest checkpoint that the log has signed. */
  readonly checkpoint: number | null;
  /** Of the longest one that enough others have cosigned, by whom and when (seconds since the epoch). */
  readonly witnessed: {
    readonly size: number;
    readonly by: readonly { readonly witness: string; readonly at: number }[];
  } | null;
  readonly faults: readonly string[];
}

export interface VerifyLogOptions extends ReadOptions {
  /** Whose keys count. */
  readonly trust: Trust;
  /** Others who must have cosigned; 1 when left out. */
  readonly witnesses?: number;
  /** Notes that others have seen of this log, from their own exports. */
  readonly seenByOthers?: readonly string[];
}

interface Signed {
  readonly checkpoint: Checkpoint;
  readonly note: Note;
}

/** Never throws for what an export may contain. */
export async function verifyLog(
  lines: AsyncIterable<string>,
  options: VerifyLogOptions,
): Promise<{ readonly finding: LogFinding; readonly log: ReadLog | null }> {
  try {
    const log = await readExport(lines, options);
    return { finding: judge(log, options), log };
  } catch (error) {
    if (!(error instanceof ExportFault)) throw error;
    const nothing = { origin: null, entries: 0, checkpoint: null, witnessed: null };
    return { finding: { verdict: 'tampered', ...nothing, faults: [error.message] }, log: null };
  }
}

function judge(log: ReadLog, { trust, witnesses = 1, seenByOthers = [] }: VerifyLogOptions): LogFinding {
  const owner = trust.list.participants.find(({ id }) => id === log.participant);
  const base = { origin: log.origin, entries: log.entries };
  if (owner === undefined || originOf(owner.id, trust.list.realm) !== log.origin)
    return {
      ...base,
      verdict: 'tampered',
      checkpoint: null,
      witnessed: null,
      faults: ['The log is of nobody in the trust list.'],
    };
  const open = (note: string): Signed | null => opened(note, log.origin, trust.keysOf(owner.id));
  const own = log.checkpoints.map(open);
  const others = seenByOthers.map(open).filter((one) => one !== null);
  const signed = own.filter((one) => one !== null);
  const heads = headsAt(
    log,
    [...signed, ...others].map(({ checkpoint }) => checkpoint.size),
  );
  const tampered = [
    ...(own.includes(null) ? ['A checkpoint is not signed by the owner of the log.'] : []),
    ...signed.flatMap(({ checkpoint }) => changed(log, heads, checkpoint, 'The log has signed')),
    ...others.flatMap(({ checkpoint }) => changed(log, heads, checkpoint, 'Others have seen')),
  ];
  const incomplete = missing(log, signed, others);
  const witnessed = longestWitnessed(signed, log.origin, trust, witnesses);
  const unwitnessed = witnessed === null ? [`Fewer than ${witnesses} others have cosigned a checkpoint.`] : [];
  return {
    ...base,
    verdict:
      tampered.length > 0
        ? 'tampered'
        : incomplete.length > 0
          ? 'incomplete'
          : witnessed === null
            ? 'unwitnessed'
            : 'ok',
    checkpoint: signed.length === 0 ? null : Math.max(...signed.map(({ checkpoint }) => checkpoint.size)),
    witnessed,
    faults: [...tampered, ...incomplete, ...unwitnessed],
  };
}

function opened(note: string, origin: string, keys: Parameters<typeof openCheckpoint>[2]): Signed | null {
  try {
    return openCheckpoint(note, origin, keys);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function changed(log: ReadLog, heads: ReturnType<typeof headsAt>, { size, hash }: Checkpoint, who: string): string[] {
  if (size > log.entries || isHeadOf(heads, size, hash)) return [];
  return [`${who} another tree of ${size} entries than these entries make.`];
}

function missing(log: ReadLog, signed: readonly Signed[], others: readonly Signed[]): string[] {
  const longest = Math.max(log.claimed, ...[...signed, ...others].map(({ checkpoint }) => checkpoint.size));
  const lines: string[] = [];
  if (longest > log.entries) lines.push(`There are ${log.entries} entries; there have been ${longest}.`);
  if (signed.length === 0) lines.push('The log has signed no checkpoint.');
  else if (Math.max(...signed.map(({ checkpoint }) => checkpoint.size)) < log.entries)
    lines.push('The last entries are under no checkpoint yet.');
  return lines;
}

function longestWitnessed(
  signed: readonly Signed[],
  origin: string,
  trust: Trust,
  least: number,
): LogFinding['witnessed'] {
  const bySize = [...signed].sort((one, other) => other.checkpoint.size - one.checkpoint.size);
  for (const { checkpoint, note } of bySize) {
    const by = trust.list.participants.flatMap(({ id }) =>
      saidBy(note, originOf(id, trust.list.realm), origin, trust.keysOf(id)),
    );
    if (by.length >= least) return { size: checkpoint.size, by };
  }
  return null;
}

function saidBy(note: Note, witness: string, origin: string, keys: Parameters<typeof openCheckpoint>[2]) {
  if (witness === origin || !note.signatures.some(({ name }) => name === witness)) return [];
  try {
    return [{ witness, at: cosignedAt(note, witness, keys) }];
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}
