/** Mergeable partials: what nodes send instead of rows, and how the parts of several nodes become one whole, exactly. */

/** How many records, the sum of their values and of the squared values, all whole numbers within +-(2^53 - 1). */
export interface Counts {
  readonly n: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** The partial of no records: merging it changes nothing. */
export const NO_COUNTS: Counts = { n: 0, sum: 0, sumOfSquares: 0 };

/** The partial of these whole values. Throws a RangeError on a fraction or beyond 2^53 - 1. */
export function countsOf(values: readonly number[]): Counts {
  return values.reduce<Counts>(
    (counts, value) => mergeCounts(counts, { n: 1, sum: value, sumOfSquares: value * value }),
    NO_COUNTS,
  );
}

/** The partial of both sides together; order and grouping of merges do not matter. Throws a RangeError beyond 2^53 - 1. */
export function mergeCounts(left: Counts, right: Counts): Counts {
  return {
    n: exactSum(left.n, right.n),
    sum: exactSum(left.sum, right.sum),
    sumOfSquares: exactSum(left.sumOfSquares, right.sumOfSquares),
  };
}

function exactSum(left: number, right: number): number {
  const sum = left + right;
  if (![left, right, sum].every(Number.isSafeInteger)) {
    throw new RangeError('partials must be whole numbers within 2^53 - 1');
  }
  return sum;
}
