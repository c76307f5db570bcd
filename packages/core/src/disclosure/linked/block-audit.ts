/** The attacker's linear programmes over linked tables of any size: block by block, erring towards too narrow. */
import { pivotOf } from '../integer-rows.ts';
import { type KnownSum, polytope } from '../simplex.ts';
import type { LinkedSystem } from './linked-system.ts';
import { quotient } from './quotient.ts';

/** Whether the interval that is left for a cell is wide enough. */
export type IsWide = (value: number, lower: number, upper: number, cell: number) => boolean;

export interface AuditInput {
  readonly system: LinkedSystem;
  /** Figures of the atoms, as they are. */
  readonly atoms: Float64Array;
  /** Atoms that are known to be 0 to everybody. */
  readonly isKnownAtom: Uint8Array;
  readonly shown: Uint8Array;
  readonly targets: readonly number[];
  readonly isWide: IsWide;
}

/** Atoms that one programme frees; the next size is tried where the interval is still too narrow. */
const BLOCKS = [24, 96, 320];
/** Rounding error that a bound may carry. */
const SLACK = 1e-6;

/**
 * Targets for which no interval wide enough was found, ascending. A block frees some atoms and holds all others at their true figures, so every point
 * that it reaches agrees with all that is shown: the interval found lies inside the exact one. A target that is cleared is
 * therefore cleared rightly; one that is not may have been cleared by a larger programme, and is protected in vain. A block that
 * holds all atoms tied to its target gives the exact interval (disclosure.md 1.3, the LP audit).
 */
export function exposedByBlocks(input: AuditInput): readonly number[] {
  const ties = tiesOf(input);
  const value = new Map(input.targets.map((target) => [target, sumOver(ties.atomsOf(target), input.atoms)]));
  const bounds = new Map(
    input.targets.map((target) => [target, { lower: value.get(target) ?? 0, upper: value.get(target) ?? 0 }]),
  );
  const isWide = (target: number): boolean => {
    const { lower = 0, upper = 0 } = bounds.get(target) ?? {};
    return input.isWide(value.get(target) ?? 0, lower - SLACK, upper + SLACK, target);
  };
  const visit = (block: readonly number[], point: Float64Array): void => {
    for (const [target, change] of changes(block, point, input.atoms, ties)) {
      const bound = bounds.get(target);
      const figure = (value.get(target) ?? 0) + change;
      if (bound === undefined) continue;
      bound.lower = Math.min(bound.lower, figure);
      bound.upper = Math.max(bound.upper, figure);
    }
  };
  const open = (target: number) => widen(target, input, ties, isWide, visit);
  return input.targets.filter((target) => !open(target)).sort((a, b) => a - b);
}

/** Tries blocks of growing size; whether the target became wide enough. */
function widen(
  target: number,
  { atoms }: AuditInput,
  ties: Ties,
  isWide: (target: number) => boolean,
  visit: (block: readonly number[], point: Float64Array) => void,
): boolean {
  if (isWide(target)) return true;
  if (ties.unseen(target).length > 0) return true;
  for (const size of BLOCKS) {
    const { block, isWhole } = grown(target, ties, size);
    try {
      const space = polytope(sumsIn(block, ties, atoms), block.length);
      visit(block, space.vertex());
      const own = new Set(ties.atomsOf(target));
      for (const sign of [1, -1]) {
        if (isWide(target)) return true;
        if (space.maximise(Float64Array.from(block, (atom) => (own.has(atom) ? sign : 0))) === Number.POSITIVE_INFINITY)
          return true;
        visit(block, space.vertex());
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    if (isWide(target)) return true;
    if (isWhole) return false;
  }
  return false;
}

interface Ties {
  /** Free atoms of a cell. */
  atomsOf(cell: number): readonly number[];
  /** Shown cells that a free atom is part of, those with the fewest free atoms first. */
  shownOver(atom: number): readonly number[];
  targetsOver(atom: number): readonly number[];
  /** Free atoms of the cell that no shown cell bounds. */
  unseen(cell: number): readonly number[];
}

function tiesOf({ system, isKnownAtom, shown, targets }: AuditInput): Ties {
  const isTarget = new Uint8Array(system.cells);
  for (const target of targets) isTarget[target] = 1;
  const over = (atom: number): number[] =>
    system.maps.flatMap((map) => ((map[atom] ?? -1) < 0 ? [] : [map[atom] ?? 0]));
  const isFree = freeAtoms(system, isKnownAtom, shown);
  const members = new Map<number, number[]>();
  for (let atom = 0; atom < system.atoms; atom++) {
    if (isFree[atom] !== 1) continue;
    for (const cell of over(atom)) {
      if (shown[cell] !== 1 && isTarget[cell] !== 1) continue;
      const known = members.get(cell);
      if (known === undefined) members.set(cell, [atom]);
      else known.push(atom);
    }
  }
  const atomsOf = (cell: number): readonly number[] => members.get(cell) ?? [];
  const shownOver = (atom: number) =>
    over(atom)
      .filter((cell) => shown[cell] === 1)
      .sort((a, b) => atomsOf(a).length - atomsOf(b).length || a - b);
  return {
    atomsOf,
    shownOver,
    targetsOver: (atom) => over(atom).filter((cell) => isTarget[cell] === 1),
    unseen: (cell) => atomsOf(cell).filter((atom) => shownOver(atom).length === 0),
  };
}

/** Those that nobody knows: not empty for all to see, and not shown alone in a cell. */
export function freeAtoms(
  { atoms, cells, maps }: LinkedSystem,
  isKnownAtom: Uint8Array,
  shown: Uint8Array,
): Uint8Array {
  const isFree = Uint8Array.from({ length: atoms }, (_, atom) => (isKnownAtom[atom] === 1 ? 0 : 1));
  const [count, last] = [new Uint32Array(cells), new Uint32Array(cells)];
  for (const map of maps)
    map.forEach((cell, atom) => {
      if (cell < 0 || isFree[atom] !== 1) return;
      count[cell] = (count[cell] ?? 0) + 1;
      last[cell] = atom;
    });
  for (let cell = 0; cell < cells; cell++) if (shown[cell] === 1 && count[cell] === 1) isFree[last[cell] ?? 0] = 0;
  return isFree;
}

/** Free atoms near a target, breadth first over the sums that tie them. */
function grown(target: number, ties: Ties, size: number): { block: readonly number[]; isWhole: boolean } {
  const block = new Set(ties.atomsOf(target).slice(0, size / 2));
  let isWhole = block.size === ties.atomsOf(target).length;
  const seen = new Set<number>();
  for (const atom of block)
    for (const cell of ties.shownOver(atom)) {
      if (seen.has(cell)) continue;
      seen.add(cell);
      for (const other of ties.atomsOf(cell)) {
        if (block.has(other)) continue;
        if (block.size < size) block.add(other);
        else isWhole = false;
      }
    }
  return { block: [...block], isWhole };
}

/** What the shown figures say about the atoms of a block when all others are as they are: independent sums, from which the others follow. */
function sumsIn(block: readonly number[], ties: Ties, atoms: Float64Array): readonly KnownSum[] {
  const byCell = new Map<number, number[]>();
  block.forEach((atom, column) => {
    for (const cell of ties.shownOver(atom)) byCell.set(cell, [...(byCell.get(cell) ?? []), column]);
  });
  const distinct = new Map([...byCell.values()].map((columns) => [columns.join(), columns]));
  const space = quotient();
  const sums: KnownSum[] = [];
  for (const columns of [...distinct.values()].sort((a, b) => a.length - b.length)) {
    if (sums.length === block.length) break;
    const row = space.reduced(new Map(columns.map((column) => [column, 1])));
    if (row?.size === 0) continue;
    if (row !== null) space.setZero(pivotOf(row));
    sums.push({ columns, value: columns.reduce((sum, column) => sum + (atoms[block[column] ?? -1] ?? 0), 0) });
  }
  return sums;
}

/** By how much the point differs from the truth, in each target that it touches. */
function changes(block: readonly number[], point: Float64Array, atoms: Float64Array, ties: Ties): Map<number, number> {
  const found = new Map<number, number>();
  block.forEach((atom, column) => {
    const change = (point[column] ?? 0) - (atoms[atom] ?? 0);
    if (Math.abs(change) < 1e-9) return;
    for (const target of ties.targetsOver(atom)) found.set(target, (found.get(target) ?? 0) + change);
  });
  return found;
}

const sumOver = (cells: readonly number[], figures: Float64Array): number =>
  cells.reduce((sum, cell) => sum + (figures[cell] ?? 0), 0);
