/** Sums of floating-point numbers that do not depend on the order in which nodes or strata arrive. */

/** The sum of `values`, always added from least to greatest, so that every order of arrival gives the same bits. */
export function orderlessSum(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right).reduce((sum, value) => sum + value, 0);
}
