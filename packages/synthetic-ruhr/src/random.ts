/** The dice: seeded streams of random numbers, one for each part and place, so that a change in one never moves another. */
import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** Shares of named outcomes; they need not add up to 1. */
export type Shares<T extends string> = Readonly<Record<T, number>>;

export interface Stream {
  /** In [0, 1), 53 bits. */
  uniform(): number;
  /** Whole number in 0 .. n - 1. */
  below(n: number): number;
  /** True with probability p. */
  chance(p: number): boolean;
  /** A Poisson count with this mean, 0 .. 500. */
  poisson(mean: number): number;
  /** One of the outcomes, in proportion to its share. */
  pick<T extends string>(shares: Shares<T>): T;
}

/**
 * The stream of one part and place. Generator: xoroshiro128+ (Blackman and Vigna 2018, doi 10.1145/3460772) as in `pure-rand`; its 128 bits of
 * state are the first half of a SHA-256 over seed and labels, so streams are independent for all practical purposes.
 */
export function streamOf(seed: number, ...labels: readonly string[]): Stream {
  const digest = createHash('sha256')
    .update(JSON.stringify(['revier-synthetic-ruhr/1', seed, ...labels]))
    .digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)));
  const uniform = () => uniformFloat64(generator);
  return {
    uniform,
    below: (n) => Math.floor(uniform() * n),
    chance: (p) => uniform() < p,
    poisson: (mean) => poissonAt(uniform(), mean),
    pick: (shares) => pickAt(uniform(), shares),
  };
}

/** Poisson quantile by sequential search: Devroye, Non-Uniform Random Variate Generation, 1986, section X.3.3. */
function poissonAt(u: number, mean: number): number {
  if (!(mean >= 0 && mean <= 500)) throw new RangeError(`Poisson mean ${mean} is not in 0 .. 500`);
  let count = 0;
  let probability = Math.exp(-mean);
  let below = probability;
  // The second condition ends the search when rounding keeps the sum of probabilities just under u.
  while (u >= below && probability > Number.MIN_VALUE) {
    count += 1;
    probability *= mean / count;
    below += probability;
  }
  return count;
}

function pickAt<T extends string>(u: number, shares: Shares<T>): T {
  // Object.keys forgets the key type; the parameter's type says that there are no others.
  const names = Object.keys(shares) as T[];
  let left = u * names.reduce((sum, name) => sum + shares[name], 0);
  let last: T | undefined;
  for (const name of names) {
    if (shares[name] <= 0) continue;
    last = name;
    left -= shares[name];
    if (left < 0) return name;
  }
  if (last === undefined) throw new RangeError('no outcome has a positive share');
  return last;
}
