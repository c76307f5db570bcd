/** Trees of logs as in RFC 9162 (those of RFC 6962): heads, inclusion, consistency; nothing needs the whole tree in memory. */
export { emptyFrontier, type Frontier, frontierOf, type Grown, grow, headOf } from './frontier.ts';
export { emptyHead, HASH_BYTES, leafHash, nodeHash, sameHash, type TreeHash } from './hashes.ts';
export { consistencyRanges, inclusionRanges, proofOf, subtreesFor } from './proofs.ts';
export { type Range, type ReadSubtree, rangeHash, type Subtree, subtreesOf } from './subtrees.ts';
export { type IncludedLeaf, type TreeHead, verifyConsistency, verifyInclusion } from './verify-proof.ts';
