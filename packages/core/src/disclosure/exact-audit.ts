/** The attacker's linear programme: which hidden figures the shown ones, and x >= 0, bound too closely. */
import type { Row } from './integer-rows.ts';
import { type KnownSum, type Polytope, polytope } from './simplex.ts';

export interface AuditedFigure {
  readonly row: Row;
  readonly value: number;
}

/** Rounding error that a bound may carry; figures are whole numbers, so bounds of interest are far apart. */
const SLACK = 1e-6;

/**
 * Places of the targets whose exact interval (disclosure.md 1.3, the LP audit) is too narrow by `isWide`. Points that one programme visits
 * lie inside the intervals of all targets, so most targets are cleared without a programme of their own.
 * Fails closed: a target whose bounds cannot be found counts as exposed.
 */
export function exposedByPrograms(
  shown: readonly AuditedFigure[],
  targets: readonly AuditedFigure[],
  isWide: (value: number, lower: number, upper: number, place: number) => boolean,
): readonly number[] {
  const open = withoutKnown(shown, targets);
  const lower = Float64Array.from(targets, ({ value }) => value);
  const upper = lower.slice();
  const visit = (point: Float64Array) => {
    open.targets.forEach(({ columns, value }, i) => {
      const figure = columns.reduce((sum, column) => sum + (point[column] ?? 0), value);
      lower[i] = Math.min(lower[i] ?? 0, figure);
      upper[i] = Math.max(upper[i] ?? 0, figure);
    });
  };
  const wide = (i: number) => isWide(targets[i]?.value ?? 0, (lower[i] ?? 0) - SLACK, (upper[i] ?? 0) + SLACK, i);
  const places = targets.map((_, i) => i);
  try {
    const space = polytope(open.sums, open.columns);
    visit(space.vertex());
    for (const i of places) {
      for (const sign of [1, -1]) {
        if (wide(i)) break;
        if (isUnbounded(space, open.targets[i]?.columns ?? [], open.columns, sign)) upper[i] = Number.POSITIVE_INFINITY;
        visit(space.vertex());
      }
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return places.filter((i) => !wide(i));
}

function isUnbounded(space: Polytope, columns: readonly number[], size: number, sign: number): boolean {
  const objective = new Float64Array(size);
  for (const column of columns) objective[column] = sign;
  return space.maximise(objective) === Number.POSITIVE_INFINITY;
}

/** Sums over what is still open, with columns numbered anew; `value` of a target is the part of it that is known. */
interface OpenSums {
  readonly columns: number;
  readonly sums: readonly KnownSum[];
  readonly targets: readonly { readonly columns: readonly number[]; readonly value: number }[];
}

/** Takes out the atoms that are shown by themselves. */
function withoutKnown(shown: readonly AuditedFigure[], targets: readonly AuditedFigure[]): OpenSums {
  const known = new Map(shown.filter(({ row }) => row.size === 1).map(({ row, value }) => [[...row.keys()][0], value]));
  const places = new Map<number, number>();
  const placeOf = (column: number): number => {
    const place = places.get(column) ?? places.size;
    places.set(column, place);
    return place;
  };
  const split = (row: Row) => {
    const atoms = [...row.keys()];
    return {
      columns: atoms.filter((atom) => !known.has(atom)).map(placeOf),
      value: atoms.reduce((sum, atom) => sum + (known.get(atom) ?? 0), 0),
    };
  };
  const sums = shown
    .map(({ row, value }) => ({ whole: value, ...split(row) }))
    .filter(({ columns }) => columns.length > 0)
    .map(({ whole, columns, value }) => ({ columns, value: whole - value }));
  const openTargets = targets.map(({ row }) => split(row));
  return { columns: places.size, sums, targets: openTargets };
}
