/** Proofs: which ranges of a tree have to be told so that somebody else can compute its head (RFC 9162 §2.1.3.1, §2.1.4.1). */
import type { TreeHash } from './hashes.ts';
import {
  assertLeaves,
  type Range,
  type ReadSubtree,
  rangeHash,
  type Subtree,
  splitOf,
  subtreesOf,
} from './subtrees.ts';

/** The siblings on the way from leaf `index` up to the head of the first `size` leaves. @throws RangeError when it is not among them */
export function inclusionRanges(index: number, size: number): Range[] {
  assertLeaves(index, size);
  if (index >= size) throw new RangeError('The leaf is not in the tree.');
  const ranges: Range[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      ranges.push({ begin: middle, end });
      end = middle;
    } else {
      ranges.push({ begin, end: middle });
      begin = middle;
    }
  }
  return ranges.reverse();
}

/** What shows that the first `size` leaves begin with the first `earlier`. Nothing is needed from or to an empty or equal tree. */
export function consistencyRanges(earlier: number, size: number): Range[] {
  assertLeaves(earlier, size);
  if (earlier > size) throw new RangeError('A tree does not shrink.');
  if (earlier === 0 || earlier === size) return [];
  const ranges: Range[] = [];
  let [begin, end] = [0, size];
  while (end > earlier) {
    const middle = begin + splitOf(end - begin);
    if (earlier <= middle) {
      ranges.push({ begin: middle, end });
      end = middle;
    } else {
      ranges.push({ begin, end: middle });
      begin = middle;
    }
  }
  // The tree that was left is known to whoever checks only when it is the whole earlier one.
  if (begin > 0) ranges.push({ begin, end });
  return ranges.reverse();
}

/** The perfect subtrees that have to be read for these ranges. */
export const subtreesFor = (ranges: readonly Range[]): Subtree[] => ranges.flatMap(subtreesOf);

/** The proof itself, from the leaves up. */
export const proofOf = (ranges: readonly Range[], read: ReadSubtree): TreeHash[] =>
  ranges.map((range) => rangeHash(range, read));
