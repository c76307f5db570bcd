/** Where the hashes of a tree stand: every one is made of perfect subtrees, and which ones follows from numbers alone. */
import { emptyHead, nodeHash, type TreeHash } from './hashes.ts';

/** 2^level leaves, from leaf index × 2^level on. Perfect subtrees never change, whatever is appended. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** The hash of a perfect subtree. @throws whatever the storage throws when it has none */
export type ReadSubtree = (subtree: Subtree) => TreeHash;

/** Leaves from `begin` to before `end`; `begin` is a multiple of the least power of two that is not less than its length. */
export interface Range {
  readonly begin: number;
  readonly end: number;
}

/** @throws RangeError for anything but a whole number of leaves */
export function assertLeaves(...counts: readonly number[]): void {
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0))
    throw new RangeError('Leaves are counted in whole numbers.');
}

/** The largest power of two below `size`, which is 2 or more: where RFC 9162 splits a tree. */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** The perfect subtrees of a range, from the left. */
export function subtreesOf({ begin, end }: Range): Subtree[] {
  const subtrees: Subtree[] = [];
  let at = begin;
  while (at < end) {
    let [level, length] = [0, 1];
    while (length * 2 <= end - at) [level, length] = [level + 1, length * 2];
    subtrees.push({ level, index: at / length });
    at += length;
  }
  return subtrees;
}

/** Head of the tree over a range. */
export function rangeHash(range: Range, read: ReadSubtree): TreeHash {
  const hashes = subtreesOf(range).map(read);
  return foldRight(hashes);
}

/** Subtrees of falling size become one tree: the smaller ones stand deeper on the right. */
export const foldRight = (hashes: readonly TreeHash[]): TreeHash =>
  hashes.length === 0 ? emptyHead() : hashes.reduceRight((right, left) => nodeHash(left, right));
