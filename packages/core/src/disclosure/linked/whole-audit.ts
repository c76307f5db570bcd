/** The attacker's linear programme over all atoms at once where that is small enough, and block by block where it is not. */
import { exposedByPrograms } from '../exact-audit.ts';
import { type AuditInput, exposedByBlocks, freeAtoms } from './block-audit.ts';

/** Entries of the tableau up to which one programme over everything takes less than many over parts of it. */
const MAX_ENTRIES = 1_500_000;

/** Targets whose interval is too narrow, ascending; exactly those where everything fits into one programme. */
export function exposedOf(input: AuditInput): readonly number[] {
  const { system, atoms, isKnownAtom, shown, targets, isWide } = input;
  const isFree = freeAtoms(system, isKnownAtom, shown);
  const isTarget = new Set(targets);
  const members = new Map<number, number[]>();
  for (const map of system.maps)
    for (const [atom, cell] of map.entries()) {
      if (cell < 0 || isFree[atom] !== 1 || !(shown[cell] === 1 || isTarget.has(cell))) continue;
      const own = members.get(cell);
      if (own === undefined) members.set(cell, [atom]);
      else own.push(atom);
    }
  const figureOf = (cell: number) => {
    const own = members.get(cell) ?? [];
    const value = own.reduce((sum, atom) => sum + (atoms[atom] ?? 0), 0);
    return { row: new Map(own.map((atom) => [atom, 1])), value };
  };
  const sums = [...members.keys()].filter((cell) => shown[cell] === 1).map(figureOf);
  const columns = new Set(sums.flatMap(({ row }) => [...row.keys()])).size;
  if (sums.length * (columns + sums.length) > MAX_ENTRIES) return exposedByBlocks(input);
  const wide = (value: number, lower: number, upper: number, place: number) =>
    isWide(value, lower, upper, targets[place] ?? 0);
  return exposedByPrograms(sums, targets.map(figureOf), wide).flatMap((place) => targets[place] ?? []);
}
