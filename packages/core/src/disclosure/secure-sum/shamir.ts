/** Shamir's secret sharing over GF(2^8), byte by byte: any t shares give the secret, fewer give nothing. */

/** Logarithms to the generator 3 modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197). */
const { exp, log } = tables();

function tables(): { exp: Uint8Array; log: Uint8Array } {
  const [powers, logs] = [new Uint8Array(255), new Uint8Array(256)];
  let x = 1;
  for (let i = 0; i < 255; i++) {
    powers[i] = x;
    logs[x] = i;
    const doubled = (x << 1) ^ (x & 0x80 ? 0x11b : 0);
    x ^= doubled;
  }
  return { exp: powers, log: logs };
}

const times = (a: number, b: number): number =>
  a === 0 || b === 0 ? 0 : (exp[((log[a] ?? 0) + (log[b] ?? 0)) % 255] ?? 0);

const over = (a: number, b: number): number => (a === 0 ? 0 : (exp[((log[a] ?? 0) - (log[b] ?? 0) + 255) % 255] ?? 0));

export interface Share {
  /** 1 to 255. */
  readonly x: number;
  readonly y: Uint8Array;
}

/** Shares needed of m members so that neither a broker nor few members can open alone: floor(2m/3) + 1 (disclosure.md 2.7). */
export const thresholdOf = (members: number): number => Math.floor((2 * members) / 3) + 1;

/**
 * Shares for x = 1 .. count. `coefficients` are threshold - 1 random strings as long as the secret, of x^1 upwards.
 * Source: A. Shamir, How to share a secret, CACM 22, 1979. @throws RangeError for counts that do not fit.
 */
export function sharesOf(secret: Uint8Array, count: number, coefficients: readonly Uint8Array[]): readonly Share[] {
  if (count < coefficients.length + 1 || count > 255) throw new RangeError('There are too few or too many shares.');
  if (coefficients.some(({ length }) => length !== secret.length))
    throw new RangeError('Coefficients must be as long as the secret.');
  return Array.from({ length: count }, (_, i) => ({
    x: i + 1,
    y: secret.map((byte, place) =>
      [...coefficients.toReversed().map((own) => own[place] ?? 0), byte].reduce(
        (sum, own) => times(sum, i + 1) ^ own,
        0,
      ),
    ),
  }));
}

/** The secret from exactly as many shares as are needed: interpolation at 0. @throws RangeError for shares that do not go together. */
export function secretOf(shares: readonly Share[], threshold: number): Uint8Array {
  const xs = new Set(shares.map(({ x }) => x));
  const [first] = shares;
  const fits = shares.every(({ x, y }) => Number.isInteger(x) && x >= 1 && x <= 255 && y.length === first?.y.length);
  if (first === undefined || shares.length !== threshold || xs.size !== threshold || !fits)
    throw new RangeError('These shares do not open the secret.');
  const weights = shares.map(({ x }) =>
    shares.reduce((product, other) => (other.x === x ? product : times(product, over(other.x, other.x ^ x))), 1),
  );
  return first.y.map((_, place) => shares.reduce((sum, { y }, i) => sum ^ times(y[place] ?? 0, weights[i] ?? 0), 0));
}
