/** The grid: every cell that the answer can have, as one dense index over the dimensions and their totals. */
import type { Plan } from '../query/plan.ts';

export interface Grid {
  readonly size: number;
  /** Number that stands for the total in dimension d. */
  total(dimension: number): number;
  indexOf(numbers: readonly number[]): number;
  numbersOf(index: number): number[];
  /**
   * The cells that a row adds to: its own and, with margins, every total above it. Along a repeated dimension the row
   * stands under each code alike, so only its first appearance counts towards the total.
   */
  cellsOf(numbers: readonly number[], repeated?: readonly boolean[]): number[];
}

export function gridOf(plan: Plan): Grid {
  const bases = plan.dimensions.map(({ codes }) => codes.length + 1);
  const indexOf = (numbers: readonly number[]): number =>
    numbers.reduce((index, number, at) => index * (bases[at] ?? 1) + number, 0);
  const total = (dimension: number): number => (bases[dimension] ?? 1) - 1;
  const withTotals = (numbers: readonly number[], repeated: readonly boolean[]): number[][] =>
    numbers.reduce<number[][]>(
      (rows, number, at) => {
        const places = repeated[at] && number > 0 ? [number] : [number, total(at)];
        return rows.flatMap((row) => places.map((place) => [...row, place]));
      },
      [[]],
    );
  return {
    size: bases.reduce((product, base) => product * base, 1),
    total,
    indexOf,
    numbersOf: (index) => {
      const numbers = new Array<number>(bases.length).fill(0);
      let rest = index;
      for (let at = bases.length - 1; at >= 0; at--) {
        const base = bases[at] ?? 1;
        numbers[at] = rest % base;
        rest = Math.floor(rest / base);
      }
      return numbers;
    },
    cellsOf: (numbers, repeated = []) =>
      plan.question.margins ? withTotals(numbers, repeated).map(indexOf) : [indexOf(numbers)],
  };
}
