/** The check at approval: whether a lattice of noisy tables may be granted, and which of its parts may where it may not. */
import { type Hierarchy, type Shape, tableLattice } from '../linked/table-lattice.ts';
import { leastVariance } from './lattice-bound.ts';

export interface LatticeQuestion {
  readonly hierarchies: readonly Hierarchy[];
  /** Tables of all live agreements on the dataset, and of the one that is asked for. */
  readonly tables: readonly Shape[];
  /** Tables that have been released and cannot be taken back. */
  readonly granted: readonly Shape[];
  /** Variance of the noise of a cell. */
  readonly variance: number;
  /** Tables whose cells may hold fewer than k persons, besides those that no table refines. */
  readonly small?: readonly Shape[];
}

export interface LatticeVerdict {
  readonly isSafe: boolean;
  /** Least variance of any cell that may be small; null where there are no tables. */
  readonly leastVariance: number | null;
  /** What it must not fall below. */
  readonly required: number;
  /** Tables to leave out so that the rest is safe, fewest first found; null where what is granted already is not. */
  readonly leaveOut: readonly Shape[] | null;
}

/** Beyond this many choices of what to leave out, tables are left out one after the other. */
const MAX_CHOICES = 4000;

/**
 * Safe when no cell that may hold fewer than k persons can be estimated with less than half of the variance of its noise (disclosure.md 1.9 and 2.5). Otherwise the nearest safe
 * lattice: the fewest tables left out, of these choices the one that leaves the most variance.
 */
export function checkLattice(question: LatticeQuestion): LatticeVerdict {
  const { tables, granted, variance } = question;
  const required = variance / 2;
  const varianceOf = (some: readonly Shape[]) => leastOfAll(question, [...granted, ...some]);
  const whole = varianceOf(tables);
  const isSafe = (least: number | null) => least === null || least >= required - 1e-9;
  if (isSafe(whole)) return { isSafe: true, leastVariance: whole, required, leaveOut: [] };
  return {
    isSafe: false,
    leastVariance: whole,
    required,
    leaveOut: fewestLeftOut(tables, varianceOf, isSafe, MAX_CHOICES),
  };
}

function leastOfAll({ hierarchies, variance, small = [] }: LatticeQuestion, tables: readonly Shape[]): number | null {
  const lattice = tableLattice(hierarchies, tables);
  const isPart = (coarse: Shape, fine: Shape) => coarse.every((level, d) => level <= (fine[d] ?? 0));
  const refined = (shape: Shape) => tables.some((other) => isPart(shape, other) && !isPart(other, shape));
  const targets = [...tables.filter((shape) => !refined(shape)), ...small.filter(refined)];
  const found = targets.flatMap((target) => leastVariance(lattice, target, variance) ?? []);
  return found.length === 0 ? null : Math.min(...found);
}

/**
 * The fewest of these to leave out so that the rest is safe; of equally few, those that leave the most variance. Beyond so many trials one after the
 * other is left out. Null where leaving out all of them would not do.
 */
export function fewestLeftOut<T>(
  tables: readonly T[],
  varianceOf: (some: readonly T[]) => number | null,
  isSafe: (least: number | null) => boolean,
  maxChoices: number,
): readonly T[] | null {
  let left: readonly T[] = [];
  let tried = 0;
  for (let count = 1; count <= tables.length; count++) {
    const choices = choicesOf(tables, count, maxChoices);
    tried += choices.length;
    const options = tried <= maxChoices ? choices : oneMore(tables, left);
    const best = options
      .map((out) => ({
        out,
        least: varianceOf(tables.filter((table) => !out.includes(table))) ?? Number.POSITIVE_INFINITY,
      }))
      .reduce((found, option) => (option.least > found.least ? option : found), { out: left, least: -1 });
    if (isSafe(best.least)) return best.out;
    left = best.out;
  }
  return null;
}

const oneMore = <T>(tables: readonly T[], left: readonly T[]): readonly (readonly T[])[] =>
  tables.filter((table) => !left.includes(table)).map((table) => [...left, table]);

/** All choices of this many tables; some of them where there are too many to list. */
function choicesOf<T>(tables: readonly T[], count: number, maxChoices: number): readonly (readonly T[])[] {
  let choices: (readonly number[])[] = [[]];
  for (let i = 0; i < count; i++) {
    choices = choices.flatMap((choice) =>
      tables.flatMap((_, place) => (place > (choice.at(-1) ?? -1) ? [[...choice, place]] : [])),
    );
    if (choices.length > maxChoices) break;
  }
  return choices.map((choice) => choice.flatMap((place) => tables.slice(place, place + 1)));
}
