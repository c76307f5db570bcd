/** Exact sampling of discrete noise: whole numbers and fractions only, since rounding errors of real numbers leak what they cover. */

/** Uniform whole numbers 0 <= x < bound: the only randomness, an argument of everything here. */
export type UniformBelow = (bound: bigint) => bigint;

/** A non-negative fraction. */
export interface Fraction {
  readonly num: bigint;
  readonly den: bigint;
}

/** True with probability num/den <= 1: a draw s in 1..den is at most num, in lowest terms (as libprio-rs `src/dp/distributions.rs` draws it). */
function bernoulli({ num, den }: Fraction, below: UniformBelow): boolean {
  const common = gcd(num, den);
  return below(den / common) + 1n <= num / common;
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y > 0n) [x, y] = [y, x % y];
  return x;
}

/** True with probability exp(-gamma): C. Canonne, G. Kamath & T. Steinke, The discrete Gaussian for differential privacy, 2020, algorithm 1. */
export function bernoulliExp(gamma: Fraction, below: UniformBelow): boolean {
  if (gamma.num <= gamma.den) return bernoulliExpBelowOne(gamma, below);
  const whole = gamma.num / gamma.den;
  for (let i = 0n; i < whole; i++) if (!bernoulliExpBelowOne({ num: 1n, den: 1n }, below)) return false;
  return bernoulliExpBelowOne({ num: gamma.num - whole * gamma.den, den: gamma.den }, below);
}

function bernoulliExpBelowOne({ num, den }: Fraction, below: UniformBelow): boolean {
  let k = 1n;
  while (bernoulli({ num, den: den * k }, below)) k++;
  return k % 2n === 1n;
}

/** Number of successes before a failure, success having probability exp(-s/t): algorithm 2, geometric part. */
export function geometricExp({ num: s, den: t }: Fraction, below: UniformBelow): bigint {
  if (s === 0n) throw new RangeError('The scale of noise must be finite.');
  let u = below(t);
  while (!bernoulliExp({ num: u, den: t }, below)) u = below(t);
  let v = 0n;
  while (bernoulliExp({ num: 1n, den: 1n }, below)) v++;
  return (u + t * v) / s;
}

/** P(x) = (1 - q)/(1 + q) q^|x| with q = exp(-1/scale): algorithm 2. */
export function discreteLaplace(scale: Fraction, below: UniformBelow): bigint {
  for (;;) {
    const isNegative = bernoulli({ num: 1n, den: 2n }, below);
    const size = geometricExp({ num: scale.den, den: scale.num }, below);
    if (!isNegative || size !== 0n) return isNegative ? -size : size;
  }
}

/** P(x) proportional to exp(-x^2 / (2 sigma^2)): algorithm 3, by rejection from the discrete Laplace law of scale floor(sigma) + 1. */
export function discreteGaussian(sigma: Fraction, below: UniformBelow): bigint {
  if (sigma.num === 0n) return 0n;
  const t = sigma.num / sigma.den + 1n;
  const [numerator, denominator] = [sigma.num ** 2n, sigma.den ** 2n];
  for (;;) {
    const y = discreteLaplace({ num: t, den: 1n }, below);
    const size = y < 0n ? -y : y;
    // (|y| - sigma^2/t)^2 / (2 sigma^2), over the common denominator 2 sigma^2 t^2.
    const off = size * t * denominator - numerator;
    const gamma = { num: off ** 2n, den: 2n * numerator * denominator * t ** 2n };
    if (bernoulliExp(gamma, below)) return y;
  }
}

/**
 * Uniform whole numbers from a stream of bytes: words of 32 bits, low first, the top one cut to the bits that the bound needs, and drawn again
 * until below it (libprio-rs `src/dp/rand_bigint.rs`).
 */
export function uniformFrom(nextBytes: (length: number) => Uint8Array): UniformBelow {
  return (bound) => {
    if (bound <= 0n) throw new RangeError('There is no number below this bound.');
    const bits = bound.toString(2).length;
    const words = Math.ceil(bits / 32);
    for (;;) {
      const bytes = nextBytes(words * 4);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let value = 0n;
      for (let i = words - 1; i >= 0; i--) {
        const word = BigInt(view.getUint32(i * 4, true));
        value = (value << 32n) | (i === words - 1 ? word >> BigInt((32 - (bits % 32)) % 32) : word);
      }
      if (value < bound) return value;
    }
  };
}
