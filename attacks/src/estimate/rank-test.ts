/** The rank test of Mann and Whitney: whether values of two samples come from one law. */

export interface RankTest {
  /** How often a value of the first sample is greater than one of the second, ties by half. */
  readonly area: number;
  /** Two-sided, by the normal approximation. */
  readonly p: number;
}

export function rankTest(first: readonly number[], second: readonly number[]): RankTest {
  const [m, n] = [first.length, second.length];
  const wins = first.reduce((sum, a) => sum + second.reduce((own, b) => own + (a > b ? 1 : a === b ? 0.5 : 0), 0), 0);
  const z = Math.abs(wins - (m * n) / 2) / Math.sqrt((m * n * (m + n + 1)) / 12);
  return { area: wins / (m * n), p: 2 * upperTail(z) };
}

/** Of the normal law (M. Abramowitz & I. Stegun, 26.2.17), to 1e-7. */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = series.reduce((all, factor, i) => all + factor * t ** (i + 1), 0);
  return (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}
