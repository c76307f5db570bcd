/** Secondary suppression over linked tables: elimination among cells and their sums rather than among atoms, so that it scales. */
import type { Pivot, Row } from '../integer-rows.ts';
import type { Equation } from '../interval-audit.ts';
import { peeling } from './peeling.ts';
import { type Quotient, quotient } from './quotient.ts';
import { type Target, type TargetRows, targetRows } from './target-rows.ts';

export interface LinkedCells {
  readonly cells: number;
  /** All sums between cells, of any table. */
  readonly equations: readonly Equation[];
  /** Cells that may be shown, the most wanted first. */
  readonly candidates: readonly number[];
  /** Cells that must not follow from what is shown. */
  readonly targets: readonly number[];
  /** Targets with one person in them. */
  readonly singletons: ReadonlySet<number>;
  /** Cells known to everybody beforehand: structural zeros. */
  readonly known: readonly number[];
}

/**
 * 1 for each cell that is shown or known. Afterwards no target is a linear combination of shown and known cells, nor of these and one
 * singleton cell. Method: Ø. Langsrud, PSD 2024 (SSBtools `R/GaussSuppression.R`), with cells modulo their sums in place of sets of
 * atoms: a total is then one column and not thousands, and a shown cell removes its column. Each sum is solved for the last
 * of its cells, the same code along every line: what cells stand for then stays short (as cycles through a star are short). Whole numbers throughout; where they would leave the
 * exact range the candidate is hidden.
 */
export function shownOfLinked(input: LinkedCells): Uint8Array<ArrayBuffer> {
  const { cells, candidates, known } = input;
  const shown = new Uint8Array(cells);
  for (const cell of known) shown[cell] = 1;
  const start = beginning(withoutImplied(withoutTwins(input)));
  // Failing closed: with a sum that cannot be taken in exactly, nothing can be said about what follows from what.
  if (start === null) return shown;
  for (const cell of candidates.slice(0, start.free)) shown[cell] = 1;
  for (const cell of candidates.slice(start.free)) if (accepts(start.state, cell)) shown[cell] = 1;
  return shown;
}

/** Parts of what passes the quick test that are tried at once. */
const SHARES = [1, 0.97, 0.93, 0.88, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0];

/**
 * The first candidates are rarely refused: when all of them together give nothing away, none of them would have been refused on its own,
 * since what follows from fewer figures follows from more. What is known from the start leaves the sums before any is solved.
 */
function beginning(input: LinkedCells): { readonly free: number; readonly state: State } | null {
  const most = mostByPeeling(input);
  for (const share of SHARES) {
    const free = Math.floor(share * most);
    const state = stateAfter(input, input.candidates.slice(0, free));
    if (state !== null) return { free, state };
  }
  return null;
}

/** More than these first candidates give a target away by sums with one unknown part, one after the other; found by halving. */
function mostByPeeling(input: LinkedCells): number {
  const peel = peeling(input);
  let [sure, excluded] = [0, input.candidates.length + 1];
  while (excluded - sure > 1) {
    const middle = (sure + excluded) >> 1;
    if (peel(input.candidates.slice(0, middle))) sure = middle;
    else excluded = middle;
  }
  return sure;
}

/**
 * Cells that are the same by structure, a total with but one part that is not known, are one target; one without such parts is known.
 * Finer tables come last among the sums, hence from the back.
 */
function withoutTwins(input: LinkedCells): LinkedCells {
  const { cells, equations, targets, singletons, known } = input;
  const isKnown = new Uint8Array(cells);
  for (const cell of known) isKnown[cell] = 1;
  const same = Int32Array.from({ length: cells }, (_, cell) => cell);
  const rootOf = (cell: number): number => {
    let root = cell;
    while (same[root] !== root) root = same[root] ?? root;
    same[cell] = root;
    return root;
  };
  for (const { total, parts } of equations.toReversed()) {
    const open = parts.filter((part) => isKnown[part] !== 1);
    if (open.length === 0) isKnown[total] = 1;
    if (open.length === 1 && open[0] !== undefined) same[rootOf(open[0])] = rootOf(total);
  }
  const unknown = targets.filter((cell) => isKnown[cell] !== 1);
  const groups = [...Map.groupBy(unknown, rootOf).values()];
  const lone = groups.flatMap((group) => (group.some((cell) => singletons.has(cell)) ? group.slice(0, 1) : []));
  return { ...input, targets: groups.flatMap((group) => group.slice(0, 1)), singletons: new Set(lone) };
}

/** What follows from known cells by themselves (published before, or empty for all to see) can be protected from nobody any more. */
function withoutImplied(input: LinkedCells): LinkedCells {
  const { cells, equations, known, targets } = input;
  const space = quotient();
  const isKnown = new Uint8Array(cells);
  for (const cell of known) isKnown[cell] = 1;
  if (known.length === 0 || !takeIn(equations, isKnown, space)) return input;
  return { ...input, targets: targets.filter((cell) => space.reduced(unit(cell))?.size !== 0) };
}

interface State {
  readonly space: Quotient;
  readonly hidden: TargetRows;
}

/** What is free when these candidates are shown; null where that gives a target away or is not exact. */
function stateAfter(input: LinkedCells, shown: readonly number[]): State | null {
  const { cells, equations, targets, singletons, known } = input;
  const isKnown = new Uint8Array(cells);
  for (const cell of [...known, ...shown]) isKnown[cell] = 1;
  const space = quotient();
  if (!takeIn(equations, isKnown, space)) return null;
  const rows: Target[] = [];
  for (const cell of targets) {
    const row = isKnown[cell] === 1 ? new Map<number, number>() : space.reduced(unit(cell));
    if (row === null || (row.size === 0 && shown.length > 0)) return null;
    rows.push({ row, isSingleton: singletons.has(cell) });
  }
  const hidden = targetRows(rows, shown.length === 0);
  return hidden === null ? null : { space, hidden };
}

/** Makes every sum hold, without the columns that are known; false where one is not exact. */
function takeIn(equations: readonly Equation[], isKnown: Uint8Array, space: Quotient): boolean {
  for (const { total, parts } of equations) {
    const sum = new Map([[total, -1], ...parts.map((part) => [part, 1] as const)]);
    for (const column of sum.keys()) if (isKnown[column] === 1) sum.delete(column);
    const row = space.reduced(sum);
    if (row === null) return false;
    if (row.size > 0) space.setZero(lightest(row, () => 0));
  }
  return true;
}

function accepts({ space, hidden }: State, cell: number): boolean {
  const row = space.reduced(unit(cell));
  if (row === null) return false;
  if (row.size === 0) return true;
  const pivot = lightest(row, hidden.weightOf);
  if (!hidden.accept(pivot)) return false;
  space.setZero(pivot);
  return true;
}

const unit = (cell: number): Row => new Map([[cell, 1]]);

/** A column to solve for: smallest entry, so that numbers stay small; then least weight; then the last. */
function lightest(row: Row, weightOf: (column: number) => number): Pivot {
  let [column, size, weight] = [-1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const [candidate, value] of row) {
    const own = Math.abs(value);
    if (own > size) continue;
    const load = weightOf(candidate);
    if (own < size || load < weight || (load === weight && candidate > column))
      [column, size, weight] = [candidate, own, load];
  }
  return { column, row };
}
