/** Which counts of linked tables are shown together: elimination, audit and repair until nothing below k can be worked out. */
import { type Equation, intervalsOf } from '../interval-audit.ts';
import { hideNear, neighbourhood, wideEnough } from '../suppression.ts';
import { exposedByBlocks } from './block-audit.ts';
import { shownOfLinked } from './linked-suppression.ts';
import { cellSums, equationsOf, type TableLattice } from './table-lattice.ts';

export interface LinkedCounts {
  readonly lattice: TableLattice;
  /** Persons by atom. */
  readonly atoms: Float64Array;
  /** Atoms in which nobody can be, as everybody knows (disclosure.md 2.3: structural zeros). */
  readonly isKnownAtom: Uint8Array;
  readonly minCellSize: number;
}

export interface LinkedRelease {
  /** 1 for each cell of an asked table that is shown. */
  readonly shown: Uint8Array<ArrayBuffer>;
  /** Times that the audit led to more being hidden. */
  readonly repairs: number;
}

/** Rounds of audit and repair before nothing at all is shown. */
const MAX_REPAIRS = 200;

/**
 * The method of decision 0006 over linked tables (decision 0012): every cell below k, data zeros included, is a target; the intervals of all of
 * them are k wide and reach k/2 above what they hide, proven by points that agree with everything shown. Sizes, then places, order the
 * choice; the same figures always give the same answer.
 */
export function protectLinked({ lattice, atoms, isKnownAtom, minCellSize }: LinkedCounts): LinkedRelease {
  const persons = cellSums(lattice, atoms);
  const open = cellSums(
    lattice,
    Float64Array.from(isKnownAtom, (known) => 1 - known),
  );
  const equations = equationsOf(lattice);
  const cells = [...persons.keys()];
  const known = cells.filter((cell) => open[cell] === 0);
  const asked = askedCells(lattice).filter((cell) => open[cell] !== 0);
  const targets = cells.filter((cell) => open[cell] !== 0 && (persons[cell] ?? 0) < minCellSize);
  const order = (a: number, b: number) => (persons[b] ?? 0) - (persons[a] ?? 0) || a - b;
  const near = neighbourhood({ equations });
  const singletons = new Set(targets.filter((cell) => persons[cell] === 1));
  const hidden = new Set(targets);
  const isWide = wideEnough(minCellSize);
  for (let repairs = 0; repairs <= MAX_REPAIRS; repairs++) {
    const candidates = asked.filter((cell) => !hidden.has(cell)).sort(order);
    const shown = shownOfLinked({
      cells: lattice.cells,
      equations,
      candidates,
      targets: [...hidden],
      singletons,
      known,
    });
    // Bounds that hold for any attacker cost little; programmes run only where these find nothing.
    const quick = exposedByBounds(persons, shown, equations, targets, isWide);
    const exposed = quick.length > 0 ? quick : exposedByBlocks({ lattice, atoms, isKnownAtom, shown, targets, isWide });
    if (exposed.length === 0) return { shown, repairs };
    const before = hidden.size;
    for (const cell of exposed) hideNear(cell, shown, hidden, near, order);
    if (hidden.size === before) break;
  }
  return { shown: new Uint8Array(lattice.cells), repairs: MAX_REPAIRS };
}

function exposedByBounds(
  persons: Float64Array,
  shown: Uint8Array,
  equations: readonly Equation[],
  targets: readonly number[],
  isWide: (value: number, lower: number, upper: number) => boolean,
): readonly number[] {
  const { lower, upper } = intervalsOf(persons, shown, equations);
  return targets.filter((cell) => !isWide(persons[cell] ?? 0, lower[cell] ?? 0, upper[cell] ?? 0));
}

function askedCells({ offsets, isAsked, cells }: TableLattice): readonly number[] {
  return isAsked.flatMap((asked, s) => {
    const first = offsets[s] ?? 0;
    return asked ? Array.from({ length: (offsets[s + 1] ?? cells) - first }, (_, i) => first + i) : [];
  });
}
