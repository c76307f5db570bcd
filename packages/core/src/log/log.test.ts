/** Trees of logs against the published vectors, the recursive definitions of RFC 9162, and whoever would forge a proof. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  consistencyRanges,
  emptyFrontier,
  emptyHead,
  frontierOf,
  grow,
  headOf,
  inclusionRanges,
  leafHash,
  nodeHash,
  proofOf,
  type ReadSubtree,
  rangeHash,
  subtreesFor,
  type TreeHash,
  verifyConsistency,
  verifyInclusion,
} from './index.ts';

/** From github.com/google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc; the same in transparency-dev/merkle, testonly. */
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const inclusion: readonly (readonly [index: number, size: number, proof: readonly string[]])[] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
];
const consistency: readonly (readonly [earlier: number, size: number, proof: readonly string[]])[] = [
  [1, 1, []],
  [
    1,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [
    2,
    5,
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');
const hashesOf = (many: readonly Uint8Array[]): TreeHash[] => many.map(leafHash);

/** Reads from the leaves every time. */
const readerOf =
  (leaves: readonly TreeHash[]): ReadSubtree =>
  ({ level, index }) =>
    treeHead(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));

/** MTH, PATH and PROOF word for word from RFC 9162 §2.1, over hashes of leaves. */
function treeHead(tree: readonly TreeHash[]): TreeHash {
  const [first] = tree;
  if (first === undefined) return emptyHead();
  if (tree.length === 1) return first;
  const split = largestPowerBelow(tree.length);
  return nodeHash(treeHead(tree.slice(0, split)), treeHead(tree.slice(split)));
}

function path(index: number, tree: readonly TreeHash[]): TreeHash[] {
  if (tree.length <= 1) return [];
  const split = largestPowerBelow(tree.length);
  return index < split
    ? [...path(index, tree.slice(0, split)), treeHead(tree.slice(split))]
    : [...path(index - split, tree.slice(split)), treeHead(tree.slice(0, split))];
}

function subproof(earlier: number, tree: readonly TreeHash[], whole: boolean): TreeHash[] {
  if (earlier === tree.length) return whole ? [] : [treeHead(tree)];
  const split = largestPowerBelow(tree.length);
  return earlier <= split
    ? [...subproof(earlier, tree.slice(0, split), whole), treeHead(tree.slice(split))]
    : [...subproof(earlier - split, tree.slice(split), false), treeHead(tree.slice(0, split))];
}

const largestPowerBelow = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));

const vectors = hashesOf(leaves.map(bytes));
const readVectors = readerOf(vectors);
const headAt = (size: number) => ({ size, hash: bytes(roots[size] ?? '') });

/** A tree of 1 to 70 leaves. */
const tree = fc.array(fc.uint8Array({ maxLength: 8 }), { minLength: 1, maxLength: 70 }).map(hashesOf);
const part = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('published vectors', () => {
  it.each(roots.map((root, size) => [size, root] as const))('%i leaves have their head', (size, root) => {
    expect(hex(rangeHash({ begin: 0, end: size }, readVectors))).toBe(root);
    const grown = vectors.slice(0, size).reduce((edge, leaf) => grow(edge, leaf).frontier, emptyFrontier);
    expect(hex(headOf(grown))).toBe(root);
  });

  it.each(inclusion)('leaf %i of %i has its proof, and it verifies', (index, size, proof) => {
    expect(proofOf(inclusionRanges(index, size), readVectors).map(hex)).toEqual(proof);
    const leaf = { index, hash: vectors[index] ?? emptyHead() };
    expect(verifyInclusion(leaf, headAt(size), proof.map(bytes))).toBe(true);
  });

  it.each(consistency)('from %i to %i leaves there is a proof, and it verifies', (earlier, size, proof) => {
    expect(proofOf(consistencyRanges(earlier, size), readVectors).map(hex)).toEqual(proof);
    expect(verifyConsistency(headAt(earlier), headAt(size), proof.map(bytes))).toBe(true);
  });
});

describe('the definitions of RFC 9162', () => {
  it('are met by every inclusion proof, and it verifies', () => {
    fc.assert(
      fc.property(tree, part, (leaves, at) => {
        const index = Math.floor(at * leaves.length);
        const proof = proofOf(inclusionRanges(index, leaves.length), readerOf(leaves));
        expect(proof.map(hex)).toEqual(path(index, leaves).map(hex));
        const head = { size: leaves.length, hash: treeHead(leaves) };
        expect(verifyInclusion({ index, hash: leaves[index] ?? emptyHead() }, head, proof)).toBe(true);
      }),
    );
  });

  it('are met by every consistency proof, and it verifies', () => {
    fc.assert(
      fc.property(tree, part, (leaves, at) => {
        const size = 1 + Math.floor(at * leaves.length);
        const proof = proofOf(consistencyRanges(size, leaves.length), readerOf(leaves));
        expect(proof.map(hex)).toEqual(subproof(size, leaves, true).map(hex));
        const earlier = { size, hash: treeHead(leaves.slice(0, size)) };
        expect(verifyConsistency(earlier, { size: leaves.length, hash: treeHead(leaves) }, proof)).toBe(true);
      }),
    );
  });

  it('are met by the growing edge, and each new leaf tells the subtrees that it completes', () => {
    fc.assert(
      fc.property(tree, (leaves) => {
        let edge = emptyFrontier;
        for (const [index, leaf] of leaves.entries()) {
          const { frontier, completed } = grow(edge, leaf);
          completed.forEach((hash, level) => {
            const place = { level, index: (index + 1) / 2 ** level - 1 };
            expect(hex(hash)).toBe(hex(readerOf(leaves)(place)));
          });
          expect((index + 1) % 2 ** completed.length).not.toBe(0);
          edge = frontierOf(frontier.size, frontier.hashes);
          expect(hex(headOf(edge))).toBe(hex(treeHead(leaves.slice(0, index + 1))));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('need few hashes of a tree of a billion leaves', () => {
    const needed = subtreesFor([...inclusionRanges(123_456_789, 1e9), ...consistencyRanges(765_432_101, 1e9)]);
    expect(needed.length).toBeLessThan(120);
    expect(needed.every(({ level, index }) => (index + 1) * 2 ** level <= 1e9)).toBe(true);
  });
});

describe('forgeries', () => {
  const head = { size: 7, hash: treeHead(vectors.slice(0, 7)) };
  const leaf = { index: 4, hash: vectors[4] ?? emptyHead() };
  const proof = proofOf(inclusionRanges(4, 7), readVectors);
  const [first = emptyHead(), second = emptyHead(), ...rest] = proof;

  it.each([
    ['for another index', { ...leaf, index: 5 }, head, proof],
    ['for an index behind the end', { ...leaf, index: 7 }, head, proof],
    ['for a negative or broken index', { ...leaf, index: -1 }, head, proof],
    ['for another leaf', { ...leaf, hash: vectors[3] ?? emptyHead() }, head, proof],
    ['of another size', leaf, { ...head, size: 6 }, proof],
    ['of another head', leaf, { ...head, hash: emptyHead() }, proof],
    ['that is truncated', leaf, head, proof.slice(0, -1)],
    ['that is extended', leaf, head, [...proof, emptyHead()]],
    ['with two hashes swapped', leaf, head, [second, first, ...rest]],
    ['that is empty', leaf, head, []],
  ])('of inclusion: a proof %s is none', (_, given, against, hashes) => {
    expect(verifyInclusion(leaf, head, proof)).toBe(true);
    expect(verifyInclusion(given, against, hashes)).toBe(false);
  });

  it('of inclusion: the node above two leaves is no leaf', () => {
    const above = nodeHash(vectors[0] ?? emptyHead(), vectors[1] ?? emptyHead());
    const two = { size: 2, hash: treeHead(vectors.slice(0, 2)) };
    expect(hex(above)).toBe(hex(two.hash));
    expect(
      verifyInclusion({ index: 0, hash: leafHash(bytes(`${roots[1]}${hex(vectors[1] ?? emptyHead())}`)) }, two, []),
    ).toBe(false);
  });

  const earlier = { size: 3, hash: treeHead(vectors.slice(0, 3)) };
  const steps = proofOf(consistencyRanges(3, 7), readVectors);
  const [one = emptyHead(), two = emptyHead(), ...others] = steps;

  it.each([
    ['that shrinks', head, earlier, steps],
    ['from another earlier tree', { ...earlier, hash: treeHead(vectors.slice(1, 4)) }, head, steps],
    ['from another earlier size', { ...earlier, size: 4 }, head, steps],
    ['to another later tree', earlier, { ...head, hash: treeHead(vectors.slice(1, 8)) }, steps],
    // One of another shape: sizes whose trees have the same shape are told apart by the head, which is signed with its size.
    ['to another later size', earlier, { ...head, size: 9 }, steps],
    ['that is truncated', earlier, head, steps.slice(0, -1)],
    ['that is extended', earlier, head, [...steps, emptyHead()]],
    ['with two hashes swapped', earlier, head, [two, one, ...others]],
    ['that is empty', earlier, head, []],
    ['of the same size with another head', earlier, { ...earlier, hash: emptyHead() }, []],
    ['from nothing, with hashes', { size: 0, hash: emptyHead() }, head, steps],
    ['of a size that is no number of leaves', { ...earlier, size: 2.5 }, head, steps],
  ])('of consistency: a proof %s is none', (_, from, to, hashes) => {
    expect(verifyConsistency(earlier, head, steps)).toBe(true);
    expect(verifyConsistency(from, to, hashes)).toBe(false);
  });

  it('of consistency: no random bit of a proof can be changed', () => {
    fc.assert(
      fc.property(part, fc.integer({ min: 0, max: 255 }), (at, bit) => {
        const turned = steps.map((hash) => Uint8Array.from(hash));
        const target = turned[Math.floor(at * turned.length)] ?? new Uint8Array(32);
        target[bit >> 3] = (target[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(verifyConsistency(earlier, head, turned)).toBe(false);
      }),
    );
  });

  it('a leaf outside the tree and a tree that shrinks have no proof at all', () => {
    expect(() => inclusionRanges(7, 7)).toThrow(RangeError);
    expect(() => consistencyRanges(8, 7)).toThrow(RangeError);
    expect(() => frontierOf(7, [])).toThrow(RangeError);
    expect(() => grow({ size: 1, hashes: [] }, emptyHead())).toThrow(RangeError);
  });
});
