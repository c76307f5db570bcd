/** Shares of infinitely divisible noise: what each node adds so that the sum, and only the sum, has the law of the mechanism. */
import type { UniformBelow } from './samplers.ts';

/** Bits of the table that shares are drawn from; the last bit is the error of a probability. */
const BITS = 128n;
const ONE = 1n << BITS;

/** Draws one share. */
export type ShareSampler = (below: UniformBelow) => bigint;

export interface ShareParams {
  /** Scale b of the discrete Laplace law of the sum, q = exp(-1/b); variance 2q/(1-q)^2. */
  readonly scale: number;
  /** Members that contribute a share for sure: the members less the dropouts that may happen (disclosure.md 1.7). */
  readonly members: number;
}

/**
 * A share is NB(1/m, q) - NB(1/m, q): the sum of m of them is discrete Laplace exactly, since m negative binomials of exponent 1/m make one
 * geometric (disclosure.md 1.7; S. Goryczka & L. Xiong, IEEE TDSC 2017). Negative binomials are drawn by inverting a table of
 * cumulated probabilities in 128-bit fixed point. @throws RangeError for a scale outside (0, 1000] or no members.
 */
export function shareSampler(params: ShareParams): ShareSampler {
  const cumulated = cumulatedOf(params);
  const draw = (below: UniformBelow): bigint => {
    const u = below(ONE);
    let [low, high] = [0, cumulated.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (u < (cumulated[middle] ?? ONE)) high = middle;
      else low = middle + 1;
    }
    return BigInt(low);
  };
  return (below) => draw(below) - draw(below);
}

/** P(0) = (1-q)^r, P(j+1) = P(j) q (j+r)/(j+1), in fixed point, until what is left is below the last bit of the first term. */
function cumulatedOf({ scale, members }: ShareParams): readonly bigint[] {
  if (!(scale > 0 && scale <= 1000) || !Number.isInteger(members) || members < 1)
    throw new RangeError('There is no such share of noise.');
  const q = Math.exp(-1 / scale);
  const [ratio, first] = [fixed(q), fixed((1 - q) ** (1 / members))];
  const m = BigInt(members);
  const table: bigint[] = [];
  let [term, sum] = [first, 0n];
  for (let j = 0n; term > 0n && sum < ONE; j++) {
    sum += term;
    table.push(sum);
    // (j + 1/m) / (j + 1) = (jm + 1) / (jm + m)
    term = (((term * ratio) >> BITS) * (j * m + 1n)) / (j * m + m);
  }
  // The rest, of the order of the rounding of q, goes to the last value.
  table[table.length - 1] = ONE;
  return table;
}

/** Probabilities enter with the 53 bits of a double; what follows is exact to 2^-128. */
const fixed = (x: number): bigint => BigInt(Math.round(x * 2 ** 53)) << (BITS - 53n);

/** Scale of the discrete Laplace law with this variance: 2q/(1-q)^2 = V solved for q. */
export function scaleOfVariance(variance: number): number {
  const q = 1 + 1 / variance - Math.sqrt((1 + 1 / variance) ** 2 - 1);
  return -1 / Math.log(q);
}
