/** Which classes of a variable are alike to every table: what is found for one of them holds for all of them. */
import type { Blocks } from './partitions.ts';

/** A set of classes, 1 for each that is in it. */
export type Mask = Uint8Array;

export interface Orbits {
  /** The orbit of each class. */
  readonly of: Int32Array;
  readonly sizes: readonly number[];
  /** A class of each orbit. */
  readonly first: readonly number[];
}

export interface Symmetry {
  /** Equal for tuples of sets that an exchange of classes turns into each other, where every partition stays what it is. */
  kindOf(sets: readonly Mask[]): string;
  /** Classes that such an exchange can bring into each other's place, with each of these sets staying as it is. */
  orbits(sets: readonly Mask[]): Orbits;
}

/**
 * Partitions whose blocks are nested or apart make a tree, and what is alike follows from its form. Otherwise only classes are alike that
 * can change places by themselves: in every partition in the same block, or each alone in its own. Both err towards
 * too many kinds, never towards too few.
 */
export function symmetryOf(classes: number, partitions: readonly Blocks[]): Symmetry {
  const tree = treeOf(classes, partitions);
  const twins = twinsOf(classes, partitions);
  return {
    kindOf: (sets) => tree?.kindOf(sets) ?? `twins ${countsOf(twins, sets)}`,
    orbits: (sets) => orbitsBy(classes, tree?.keys(sets) ?? keysBy(twins, sets)),
  };
}

function orbitsBy(classes: number, keys: readonly string[]): Orbits {
  const places = new Map<string, number>();
  const first: number[] = [];
  const sizes: number[] = [];
  const of = Int32Array.from({ length: classes }, (_, code) => {
    const key = keys[code] ?? '';
    const known = places.get(key) ?? first.length;
    if (known === first.length) {
      places.set(key, known);
      first.push(code);
      sizes.push(0);
    }
    sizes[known] = (sizes[known] ?? 0) + 1;
    return known;
  });
  return { of, sizes, first };
}

const keysBy = (twins: readonly string[], sets: readonly Mask[]): string[] =>
  twins.map((twin, code) => `${twin}/${sets.map((set) => set[code]).join('')}`);

/** How many of each sort of class lie in which of the sets. */
function countsOf(twins: readonly string[], sets: readonly Mask[]): string {
  const counts = new Map<string, number>();
  for (const key of keysBy(twins, sets)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts]
    .map(([key, count]) => `${key}:${count}`)
    .sort()
    .join(' ');
}

function twinsOf(classes: number, partitions: readonly Blocks[]): string[] {
  const sizes = partitions.map((blocks) => sizesOf(blocks));
  return Array.from({ length: classes }, (_, code) =>
    partitions
      .map((blocks, p) => {
        const block = blocks[code] ?? -1;
        return block >= 0 && sizes[p]?.get(block) === 1 ? '*' : String(block);
      })
      .join(),
  );
}

function sizesOf(blocks: Blocks): ReadonlyMap<number, number> {
  const sizes = new Map<number, number>();
  for (const block of blocks) sizes.set(block, (sizes.get(block) ?? 0) + 1);
  return sizes;
}

/** A block of one or more partitions, a single class, or the whole. */
interface Node {
  readonly members: readonly number[];
  /** Partitions that have it as a block. */
  readonly partitions: number[];
  parent: number;
}

interface Tree {
  /** Undefined where one of the sets is no node. */
  kindOf(sets: readonly Mask[]): string | undefined;
  keys(sets: readonly Mask[]): readonly string[] | undefined;
}

/** Undefined where blocks cross. */
function treeOf(classes: number, partitions: readonly Blocks[]): Tree | undefined {
  const nodes = nodesOf(classes, partitions);
  const leaves = hung(nodes, classes);
  if (leaves === undefined) return undefined;
  const { paths, forms } = pathsOf(nodes);
  const places = new Map(nodes.map(({ members }, node) => [members.join(), node]));
  const nodesFor = (sets: readonly Mask[]): number[] | undefined => {
    const found = sets.map((set) => places.get(membersOf(set).join()));
    return found.every((node) => node !== undefined) ? found : undefined;
  };
  return {
    kindOf: (sets) =>
      nodesFor(sets)
        ?.map((node) => paths[node])
        .join('&'),
    keys(sets) {
      const pins = nodesFor(sets);
      if (pins === undefined) return undefined;
      const pinned = new Set<number>([0]);
      for (const pin of pins) for (let at = pin; at > 0; at = nodes[at]?.parent ?? 0) pinned.add(at);
      return leaves.map((leaf) => {
        let key = '';
        let at = leaf;
        for (; !pinned.has(at); at = nodes[at]?.parent ?? 0) key = `${forms[at]}/${key}`;
        return `${at}|${key}`;
      });
    },
  };
}

const membersOf = (set: Mask): number[] => [...set.keys()].filter((code) => set[code] === 1);

/** The whole, then large before small; equal sets are one node. */
function nodesOf(classes: number, partitions: readonly Blocks[]): Node[] {
  const found = new Map<string, Node>();
  const put = (members: readonly number[], partition: number | null): void => {
    const key = members.join();
    const node = found.get(key) ?? { members, partitions: [], parent: 0 };
    if (partition !== null) node.partitions.push(partition);
    found.set(key, node);
  };
  const all = Array.from({ length: classes }, (_, code) => code);
  put(all, null);
  partitions.forEach((blocks, p) => {
    for (const [block, members] of Map.groupBy(all, (code) => blocks[code] ?? -1)) if (block >= 0) put(members, p);
  });
  for (const code of all) put([code], null);
  return [...found.values()].sort((a, b) => b.members.length - a.members.length);
}

/** Sets every parent, and returns the node of each class; undefined where a block lies partly in another. */
function hung(nodes: readonly Node[], classes: number): readonly number[] | undefined {
  const deepest = new Array<number>(classes).fill(0);
  for (const [at, node] of nodes.entries()) {
    if (at === 0) continue;
    const parents = new Set(node.members.map((code) => deepest[code]));
    if (parents.size !== 1) return undefined;
    node.parent = deepest[node.members[0] ?? 0] ?? 0;
    for (const code of node.members) deepest[code] = at;
  }
  return deepest;
}

/** The form of the tree below each node, and of the way to it from the whole, as numbers. */
function pathsOf(nodes: readonly Node[]): { readonly paths: readonly number[]; readonly forms: readonly number[] } {
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  };
  const children = nodes.map((): number[] => []);
  const forms: number[] = [];
  for (let at = nodes.length - 1; at >= 0; at--) {
    const below = (children[at] ?? []).sort((a, b) => a - b);
    forms[at] = numberOf(`${nodes[at]?.partitions.join()}(${below.join()})`);
    if (at > 0) children[nodes[at]?.parent ?? 0]?.push(forms[at] ?? 0);
  }
  const paths: number[] = [];
  nodes.forEach(({ parent }, at) => {
    paths[at] = numberOf(at === 0 ? 'whole' : `${paths[parent]}>${forms[at]}`);
  });
  return { paths, forms };
}
