/** The growing edge of a tree: all that has to be kept to append to it and to tell its head, 32 bytes for each bit of its size. */
import { nodeHash, type TreeHash } from './hashes.ts';
import { assertLeaves, foldRight, subtreesOf } from './subtrees.ts';

export interface Frontier {
  readonly size: number;
  /** Hashes of the perfect subtrees of the whole, from the left. */
  readonly hashes: readonly TreeHash[];
}

export const emptyFrontier: Frontier = { size: 0, hashes: [] };

/** @throws RangeError for a number of hashes that does not fit the size */
export function frontierOf(size: number, hashes: readonly TreeHash[]): Frontier {
  assertLeaves(size);
  if (subtreesOf({ begin: 0, end: size }).length !== hashes.length)
    throw new RangeError('A frontier has one hash for each perfect subtree.');
  return { size, hashes };
}

export interface Grown {
  readonly frontier: Frontier;
  /** Hashes of the perfect subtrees that end with the new leaf: its own first, then level by level. */
  readonly completed: readonly TreeHash[];
}

/** @param leaf as `leafHash` makes it */
export function grow({ size, hashes }: Frontier, leaf: TreeHash): Grown {
  const left = [...hashes];
  const completed = [leaf];
  let hash = leaf;
  for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    const sibling = left.pop();
    if (sibling === undefined) throw new RangeError('The frontier does not fit its size.');
    hash = nodeHash(sibling, hash);
    completed.push(hash);
  }
  return { frontier: { size: size + 1, hashes: [...left, hash] }, completed };
}

export const headOf = ({ hashes }: Frontier): TreeHash => foldRight(hashes);
