/** Everything that counts of one table can be combined to: groups of records by cell and signature, and the sums that tie them. */
import { AppError } from '@revier/schema';
import type { RawAtoms } from '../query/source-table.ts';
import type { CellGrid } from './cell-grid.ts';
import type { Row } from './integer-rows.ts';
import type { Equation } from './interval-audit.ts';

/**
 * A group is a set of signatures (a count, one signature, or what two counts share or differ by); a node is a group in a cell,
 * margins included: `cell * groups + group`. Columns of rows are atoms: a signature in a base cell.
 */
export interface CountSystem {
  readonly groups: number;
  readonly nodes: number;
  /** The group of each count of the table. */
  readonly groupOfCount: readonly number[];
  /** Sums over atoms, by node. A person in two atoms counts twice in both. */
  readonly persons: Float64Array;
  readonly records: Float64Array;
  readonly equations: readonly Equation[];
  rowOf(node: number): Row;
}

/** @throws AppError INTERNAL for an atom whose signature the filters exclude, or outside the grid. */
export function countSystem(
  grid: CellGrid,
  counts: number,
  signatures: readonly number[],
  atoms: RawAtoms,
): CountSystem {
  const groups = groupsOf(counts, signatures);
  const places = new Map(groups.map((group, place) => [group.join(), place]));
  const nodeOf = (cell: number, group: readonly number[]) => cell * groups.length + (places.get(group.join()) ?? -1);
  const countGroups = Array.from({ length: counts }, (_, i) => withBit(signatures, i));
  const { persons, records } = sums(grid, groups, atoms);
  const below = baseCellsBelow(grid);
  const columnOf = new Map(signatures.map((signature, place) => [signature, place]));
  return {
    groups: groups.length,
    nodes: grid.size * groups.length,
    groupOfCount: countGroups.map((group) => places.get(group.join()) ?? -1),
    persons,
    records,
    equations: [...marginEquations(grid, groups.length), ...groupEquations(grid, groups, countGroups, nodeOf)],
    rowOf(node) {
      const group = groups[node % groups.length] ?? [];
      const cells = below[Math.floor(node / groups.length)] ?? [];
      return new Map(
        cells.flatMap((cell) =>
          group.map((signature) => [cell * signatures.length + (columnOf.get(signature) ?? 0), 1] as const),
        ),
      );
    },
  };
}

const withBit = (signatures: readonly number[], i: number): number[] =>
  signatures.filter((signature) => hasBit(signature, i));

const hasBit = (signature: number, i: number): boolean => ((signature >>> i) & 1) === 1;

/** Distinct groups: counts, single signatures, and for any two counts what they share and what each has alone. */
function groupsOf(counts: number, signatures: readonly number[]): readonly (readonly number[])[] {
  const all = Array.from({ length: counts }, (_, i) => withBit(signatures, i));
  const pairs = all.flatMap((group, i) => all.flatMap((_, j) => (i === j ? [] : [splitBy(group, j)])));
  const found = [
    ...all,
    ...signatures.map((signature) => [signature]),
    ...pairs.flatMap(({ both, alone }) => [both, alone]),
  ];
  return [...new Map(found.filter(({ length }) => length > 0).map((group) => [group.join(), group])).values()];
}

const splitBy = (group: readonly number[], j: number) => ({
  both: group.filter((signature) => hasBit(signature, j)),
  alone: group.filter((signature) => !hasBit(signature, j)),
});

function sums(grid: CellGrid, groups: readonly (readonly number[])[], atoms: RawAtoms) {
  const persons = new Float64Array(grid.size * groups.length);
  const records = new Float64Array(grid.size * groups.length);
  const members = new Map<number, number[]>();
  groups.forEach((group, place) => {
    for (const signature of group) members.set(signature, [...(members.get(signature) ?? []), place]);
  });
  atoms.signature.forEach((signature, i) => {
    if (signature === 0) return;
    const places = members.get(signature);
    if (places === undefined)
      throw new AppError('INTERNAL', { detail: 'A record meets filters that exclude each other.' });
    for (const cell of grid.containing(grid.indexOf(atoms.keys, i))) {
      for (const place of places) {
        const node = cell * groups.length + place;
        persons[node] = (persons[node] ?? 0) + (atoms.persons[i] ?? 0);
        records[node] = (records[node] ?? 0) + (atoms.records[i] ?? 0);
      }
    }
  });
  return { persons, records };
}

function baseCellsBelow(grid: CellGrid): readonly (readonly number[])[] {
  const below = Array.from({ length: grid.size }, (): number[] => []);
  for (const base of grid.base) for (const cell of grid.containing(base)) below[cell]?.push(base);
  return below;
}

/** Each total over a dimension is the sum along it, for every group. */
function marginEquations(grid: CellGrid, groups: number): Equation[] {
  return Array.from({ length: groups }, (_, group) =>
    grid.lines.map(({ total, parts }) => ({
      total: total * groups + group,
      parts: parts.map((part) => part * groups + group),
    })),
  ).flat();
}

/** In every cell a group is the sum of its signatures, and a count that of what another shares with it and what it has alone. */
function groupEquations(
  grid: CellGrid,
  groups: readonly (readonly number[])[],
  counts: readonly (readonly number[])[],
  nodeOf: (cell: number, group: readonly number[]) => number,
): Equation[] {
  const splits = counts.flatMap((group, i) =>
    counts.flatMap((_, j) => {
      const { both, alone } = splitBy(group, j);
      return i === j || both.length === 0 || alone.length === 0 ? [] : [{ whole: group, parts: [both, alone] }];
    }),
  );
  const sumsOfSignatures = groups
    .filter(({ length }) => length > 1)
    .map((group) => ({ whole: group, parts: group.map((signature) => [signature]) }));
  return Array.from({ length: grid.size }, (_, cell) =>
    [...sumsOfSignatures, ...splits].map(({ whole, parts }) => ({
      total: nodeOf(cell, whole),
      parts: parts.map((part) => nodeOf(cell, part)),
    })),
  ).flat();
}
