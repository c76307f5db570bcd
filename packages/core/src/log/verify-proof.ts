/** Verifying proofs, step by step as RFC 9162 §2.1.3.2 and §2.1.4.2 say; whatever does not fit is false. */
import { nodeHash, sameHash, type TreeHash } from './hashes.ts';

export interface TreeHead {
  readonly size: number;
  readonly hash: TreeHash;
}

export interface IncludedLeaf {
  readonly index: number;
  /** As `leafHash` makes it. */
  readonly hash: TreeHash;
}

const half = (count: number): number => Math.floor(count / 2);
const isOdd = (count: number): boolean => count % 2 === 1;

/** Does this leaf stand at this place under this head? */
export function verifyInclusion(leaf: IncludedLeaf, head: TreeHead, proof: readonly TreeHash[]): boolean {
  if (!isCount(leaf.index) || !isCount(head.size) || leaf.index >= head.size) return false;
  let [node, last, hash] = [leaf.index, head.size - 1, leaf.hash];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else hash = nodeHash(hash, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && sameHash(hash, head.hash);
}

/** Does the later tree begin with the earlier one? Everything begins with the empty tree. */
export function verifyConsistency(earlier: TreeHead, later: TreeHead, proof: readonly TreeHash[]): boolean {
  if (!isCount(earlier.size) || !isCount(later.size) || earlier.size > later.size) return false;
  if (earlier.size === later.size) return proof.length === 0 && sameHash(earlier.hash, later.hash);
  if (earlier.size === 0) return proof.length === 0;
  const [first, ...rest] = isPowerOfTwo(earlier.size) ? [earlier.hash, ...proof] : proof;
  return first !== undefined && proof.length > 0 && leadsToBoth(earlier, later, first, rest);
}

function leadsToBoth(earlier: TreeHead, later: TreeHead, first: TreeHash, proof: readonly TreeHash[]): boolean {
  let [node, last] = [earlier.size - 1, later.size - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  let [before, after] = [first, first];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      [before, after] = [nodeHash(sibling, before), nodeHash(sibling, after)];
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else after = nodeHash(after, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && sameHash(before, earlier.hash) && sameHash(after, later.hash);
}

const isCount = (count: number): boolean => Number.isSafeInteger(count) && count >= 0;

function isPowerOfTwo(count: number): boolean {
  let power = 1;
  while (power < count) power *= 2;
  return power === count;
}
