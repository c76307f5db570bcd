/** Rounding of what leaves: few digits on purpose, since precision is a channel (disclosure.md 2.4). */

/** The nearest number of at most `digits` significant digits. */
export const significant = (x: number, digits: number): number => Number(x.toPrecision(digits));

/** The greatest number of at most `digits` significant digits that is not above x. */
export function significantBelow(x: number, digits: number): number {
  const nearest = significant(x, digits);
  return nearest <= x ? nearest : significant(nearest - lastDigit(x, digits), digits);
}

/** The least number of at most `digits` significant digits that is not below x. */
export function significantAbove(x: number, digits: number): number {
  const nearest = significant(x, digits);
  return nearest >= x ? nearest : significant(nearest + lastDigit(x, digits), digits);
}

/** The size of a step in the last significant digit of x. */
function lastDigit(x: number, digits: number): number {
  const exponent = Number(x.toExponential().split('e')[1]);
  return Number(`1e${exponent - digits + 1}`);
}
