/** The hashes of a log's tree: leaves and nodes are hashed apart, so that none can pass for the other (RFC 9162 §2.1.1). */
import { createHash } from 'node:crypto';

/** SHA-256, 32 bytes. */
export type TreeHash = Uint8Array;

export const HASH_BYTES = 32;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const leafHash = (leaf: Uint8Array): TreeHash => createHash('sha256').update(LEAF).update(leaf).digest();

export const nodeHash = (left: TreeHash, right: TreeHash): TreeHash =>
  createHash('sha256').update(NODE).update(left).update(right).digest();

/** Head of the tree without leaves. */
export const emptyHead = (): TreeHash => createHash('sha256').digest();

export const sameHash = (one: TreeHash, other: TreeHash): boolean => Buffer.compare(one, other) === 0;
