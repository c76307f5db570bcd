/** Which counts of linked tables are shown together: elimination, audit and repair until nothing below k can be worked out. */
import { intervalsOf } from '../interval-audit.ts';
import { hideNear, neighbourhood } from '../suppression.ts';
import type { IsWide } from './block-audit.ts';
import { shownOfLinked } from './linked-suppression.ts';
import { type LinkedSystem, sumsOver, systemOf } from './linked-system.ts';
import type { TableLattice } from './table-lattice.ts';
import { exposedOf } from './whole-audit.ts';

export interface LinkedCounts {
  readonly lattice: TableLattice;
  /** Persons by atom. */
  readonly atoms: Float64Array;
  /** Atoms in which nobody can be, as everybody knows (disclosure.md 2.3: structural zeros). */
  readonly isKnownAtom: Uint8Array;
  readonly minCellSize: number;
}

export interface SystemCounts {
  readonly system: LinkedSystem;
  /** What is counted, by atom: persons first, and records where these are others. None of them may be worked out. */
  readonly scales: readonly Float64Array[];
  /** Distinct persons by cell, where they are known to be fewer than the sum over atoms. */
  readonly persons?: Float64Array;
  readonly isKnownAtom: Uint8Array;
  readonly minCellSize: number;
  /** Cells that have been published before, whatever follows from them: they stay. */
  readonly fixed?: readonly number[];
}

export interface LinkedRelease {
  /** 1 for each cell that is shown, or known to everybody. */
  readonly shown: Uint8Array<ArrayBuffer>;
  /** Times that the audit led to more being hidden. */
  readonly repairs: number;
}

/** Rounds of audit and repair before nothing at all is shown. */
const MAX_REPAIRS = 200;

export const protectLinked = ({ lattice, atoms, isKnownAtom, minCellSize }: LinkedCounts): LinkedRelease =>
  protectSystem({ system: systemOf(lattice), scales: [atoms], isKnownAtom, minCellSize });

/**
 * The method of decision 0006 over linked tables (decisions 0012, 0022): every cell below k, data zeros included, is a target; the intervals of all of
 * them are k wide and reach k/2 above what they hide, proven by points that agree with everything shown. Sizes, then parts, then places, order the
 * choice; the same figures always give the same answer. Repairs only ever take away, so that what was cleared stays cleared.
 */
export function protectSystem(input: SystemCounts): LinkedRelease {
  const { system, fixed = [] } = input;
  const figures = figuresOf(input);
  const { persons, known, targets } = figures;
  const { parts } = figures;
  const order = (a: number, b: number) =>
    (persons[b] ?? 0) - (persons[a] ?? 0) || (parts[b] ?? 0) - (parts[a] ?? 0) || a - b;
  const near = neighbourhood(system);
  const hidden = new Set(targets);
  const isBound = marked(system.cells, [...known, ...fixed]);
  let shown = marked(system.cells, [...system.asked, ...isBoundPlaces(isBound)]);
  let unclear: readonly number[] = targets;
  const audit = auditOf(input, figures);
  for (let repairs = 0; repairs <= MAX_REPAIRS; repairs++) {
    const candidates = system.asked.filter((cell) => shown[cell] === 1 && isBound[cell] !== 1 && !hidden.has(cell));
    shown = shownOfLinked({
      ...{ cells: system.cells, equations: system.equations, candidates: candidates.sort(order) },
      ...{ targets: [...hidden], singletons: figures.singletons, known: isBoundPlaces(isBound) },
    });
    const found = audit(shown, unclear);
    if (found.exposed.length === 0) return { shown, repairs };
    unclear = found.unclear;
    const before = hidden.size;
    const hideable = shown.map((own, cell) => (isBound[cell] === 1 ? 0 : own));
    for (const cell of found.exposed) hideNear(cell, hideable, hidden, near, order);
    if (hidden.size === before) break;
  }
  return { shown: isBound, repairs: MAX_REPAIRS };
}

interface Figures {
  readonly persons: Float64Array;
  /** Sums over atoms, by scale and cell. */
  readonly sums: readonly Float64Array[];
  readonly known: readonly number[];
  readonly targets: readonly number[];
  readonly singletons: ReadonlySet<number>;
  /** Atoms of each cell in which there can be somebody. */
  readonly parts: Float64Array;
}

function figuresOf({ system, scales, isKnownAtom, minCellSize, ...input }: SystemCounts): Figures {
  const sums = scales.map((atoms) => sumsOver(system, atoms));
  const [added = new Float64Array(system.cells)] = sums;
  const persons = added.map((sum, cell) => Math.min(sum, input.persons?.[cell] ?? sum));
  const open = sumsOver(
    system,
    Float64Array.from(isKnownAtom, (known) => 1 - known),
  );
  const cells = [...persons.keys()];
  const fixed = new Set(input.fixed);
  const targets = cells.filter((cell) => open[cell] !== 0 && (persons[cell] ?? 0) < minCellSize && !fixed.has(cell));
  return {
    ...{ persons, sums, targets, parts: open },
    known: cells.filter((cell) => open[cell] === 0),
    singletons: new Set(targets.filter((cell) => persons[cell] === 1)),
  };
}

const marked = (cells: number, places: Iterable<number>): Uint8Array<ArrayBuffer> => {
  const marks = new Uint8Array(cells);
  for (const place of places) marks[place] = 1;
  return marks;
};

const isBoundPlaces = (marks: Uint8Array): number[] => [...marks.keys()].filter((place) => marks[place] === 1);

/** Those among the cells whose interval is too narrow, by any scale; and those that are not cleared yet. */
type Audit = (
  shown: Uint8Array,
  unclear: readonly number[],
) => { readonly exposed: readonly number[]; readonly unclear: readonly number[] };

/**
 * What was published before may leave less than k by itself: then at least as much must be left as before. Bounds that hold for any attacker
 * cost little; programmes run only where these find nothing.
 */
function auditOf(input: SystemCounts, { sums, known }: Figures): Audit {
  const { system, scales, isKnownAtom, minCellSize, fixed = [] } = input;
  const before = marked(system.cells, [...known, ...fixed]);
  const scaled = sums.map((values, s) => ({
    values,
    atoms: scales[s] ?? new Float64Array(system.atoms),
    isWide: widthFrom(minCellSize, values, fixed.length === 0 ? null : intervalsOf(values, before, system.equations)),
  }));
  return (shown, unclear) => {
    const quick = scaled.flatMap(({ values, isWide }) => {
      const { lower, upper } = intervalsOf(values, shown, system.equations);
      return unclear.filter((cell) => !isWide(values[cell] ?? 0, lower[cell] ?? 0, upper[cell] ?? 0, cell));
    });
    if (quick.length > 0) return { exposed: ascending(quick), unclear };
    const exposed = ascending(
      scaled.flatMap(({ atoms, isWide }) => exposedOf({ system, atoms, isKnownAtom, shown, targets: unclear, isWide })),
    );
    return { exposed, unclear: exposed };
  };
}

const ascending = (cells: readonly number[]): number[] => [...new Set(cells)].sort((a, b) => a - b);

/** `before`: what was left for each cell, or more, before anything new is shown. */
const widthFrom =
  (k: number, values: Float64Array, before: { lower: Float64Array; upper: Float64Array } | null): IsWide =>
  (value, lower, upper, cell) => {
    const [least, most] = [before?.lower[cell] ?? 0, before?.upper[cell] ?? Number.POSITIVE_INFINITY];
    const [width, reach] = [Math.min(k, most - least), Math.min(k / 2, most - (values[cell] ?? 0))];
    return upper - lower >= width && (value === 0 || upper - value >= reach);
  };
