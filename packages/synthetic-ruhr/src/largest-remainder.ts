/** Whole shares: splits a total into whole numbers in proportion to weights, adding up exactly. */

/**
 * Largest remainder (Hamilton, Hare-Niemeyer): every part gets the floor of its quota, what is left goes to the largest remainders, ties to
 * the earlier part.
 * @param total whole number, 0 or more
 * @param weights 0 or more each, with a positive sum
 */
export function largestRemainder(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((left, right) => left + right, 0);
  if (!Number.isSafeInteger(total) || total < 0) throw new RangeError('the total to split is no whole number');
  if (!(sum > 0 && weights.every((weight) => weight >= 0))) throw new RangeError('weights need a positive sum');
  const quotas = weights.map((weight) => (total * weight) / sum);
  const parts = quotas.map(Math.floor);
  const left = total - parts.reduce((before, part) => before + part, 0);
  const remainder = (index: number) => (quotas[index] ?? 0) - (parts[index] ?? 0);
  const order = parts.map((_, index) => index).sort((a, b) => remainder(b) - remainder(a) || a - b);
  for (const index of order.slice(0, left)) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
}
