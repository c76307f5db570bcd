/** A witness follows a log: each new checkpoint must be signed, and go on from the one seen last. */
import { sameHash, type TreeHash, verifyConsistency } from '@revier/core';
import type { CheckpointStep, PublicKey } from '@revier/schema';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { base64Bytes, unfit } from './note.ts';

export interface Followed {
  readonly origin: string;
  /** Of the participant whose log it is. */
  readonly keys: readonly PublicKey[];
  /** Undefined when the log was never seen; its first checkpoint is then taken as it is. */
  readonly seen: Checkpoint | undefined;
}

/**
 * `same`: nothing new. `grown`: it goes on from what was seen. `gap`: it may, but what would show it is missing.
 * `forked` and `shrunk`: the log has signed what cannot stand beside what it had signed before. `inconsistent`: the proof fails,
 * so either the log has changed its past, or whoever carried the proof has spoilt it.
 */
export interface Step {
  readonly kind: 'same' | 'grown' | 'gap' | LogFault;
  readonly checkpoint: Checkpoint;
}
export type LogFault = 'forked' | 'shrunk' | 'inconsistent';

export const isFault = (kind: Step['kind']): kind is LogFault =>
  kind === 'forked' || kind === 'shrunk' || kind === 'inconsistent';

/** @throws AppError INVALID_REQUEST, SIGNATURE_INVALID for what the log has not signed: that says nothing against the log */
export function followStep({ origin, keys, seen }: Followed, { note, from, proof }: CheckpointStep): Step {
  const { checkpoint } = openCheckpoint(note, origin, keys);
  if (seen === undefined) return { kind: 'grown', checkpoint };
  if (checkpoint.size < seen.size) return { kind: 'shrunk', checkpoint };
  if (checkpoint.size === seen.size)
    return { kind: sameHash(checkpoint.hash, seen.hash) ? 'same' : 'forked', checkpoint };
  if (seen.size > 0 && from !== seen.size) return { kind: 'gap', checkpoint };
  const grown = verifyConsistency(seen, checkpoint, seen.size === 0 ? [] : proof.map(hashFrom));
  return { kind: grown ? 'grown' : 'inconsistent', checkpoint };
}

export const hashText = (hash: TreeHash): string => Buffer.from(hash).toString('base64');

/** @throws AppError INVALID_REQUEST */
export function hashFrom(text: string): TreeHash {
  const bytes = base64Bytes(text);
  if (bytes?.length !== 32) throw unfit();
  return Uint8Array.from(bytes);
}
