/** Strata of a weighted sum, told from the sum: every vector of strata is taken into account, by the number of its events and its weight. */

export interface Strata {
  /** How likely an event falls into each stratum, as everybody may know. */
  readonly shares: readonly number[];
  /** Weight of an event of each stratum, in whole units. */
  readonly weights: readonly number[];
}

export interface Sighting {
  /** How likely so many events make what is published of their number. */
  readonly count: (events: number) => number;
  /** The same of the weighted sum; null: nothing is published of it. */
  readonly sum: ((sum: number) => number) | null;
}

const EVENTS = 60;
const MOST = 10;

/** The likeliest number of events of each stratum. */
export type Guesser = (sighting: Sighting) => readonly number[];

/**
 * Exact for independent Poisson numbers by dynamic programming over (events, weighted sum), one pass for each stratum with that one left out: what enumeration
 * or lattice reduction would find among the vectors that fit, and how likely each of them is besides (disclosure.md 2.4, A23).
 */
export function strataGuesser({ shares, weights }: Strata): Guesser {
  const heaviest = Math.max(...weights);
  const width = EVENTS * heaviest + 1;
  const without = shares.map((_, j) =>
    masses(
      shares.map((share, i) => (i === j ? 0 : share)),
      weights,
      width,
    ),
  );
  return ({ count, sum }) => {
    const likely = Float64Array.from({ length: width }, (_, s) => (sum === null ? 1 : sum(s)));
    const places = [...likely.keys()].filter((s) => (likely[s] ?? 0) > 1e-9);
    const counts = Array.from({ length: EVENTS + 1 }, (_, n) => count(n) * factorial(n));
    return shares.map((share, j) => {
      const posterior = Array.from({ length: MOST }, (_, v) => {
        const own = share ** v / factorial(v);
        const weight = v * (weights[j] ?? 0);
        let rest = 0;
        for (let n = v; n <= EVENTS; n++) {
          const times = counts[n] ?? 0;
          if (times < 1e-12) continue;
          const row = without[j]?.[n - v];
          for (const s of places) rest += times * (row?.[s - weight] ?? 0) * (likely[s] ?? 0);
        }
        return own * rest;
      });
      return posterior.indexOf(Math.max(...posterior));
    });
  };
}

/** By number of events, then by weighted sum. */
function masses(shares: readonly number[], weights: readonly number[], width: number): Float64Array<ArrayBuffer>[] {
  let rows = Array.from({ length: EVENTS + 1 }, () => new Float64Array(width));
  const [first] = rows;
  if (first !== undefined) first[0] = 1;
  shares.forEach((share, i) => {
    if (share > 0) rows = withStratum(rows, share, weights[i] ?? 0, width);
  });
  return rows;
}

function withStratum(
  rows: readonly Float64Array<ArrayBuffer>[],
  share: number,
  weight: number,
  width: number,
): Float64Array<ArrayBuffer>[] {
  const next = Array.from({ length: EVENTS + 1 }, () => new Float64Array(width));
  for (let v = 0; v <= 2 * MOST; v++) {
    const factor = share ** v / factorial(v);
    for (let n = 0; n + v <= EVENTS; n++) {
      const [from, to] = [rows[n], next[n + v]];
      if (from === undefined || to === undefined) continue;
      const shift = v * weight;
      for (let s = 0; s + shift < width; s++) {
        const mass = from[s] ?? 0;
        if (mass > 0) to[s + shift] = (to[s + shift] ?? 0) + mass * factor;
      }
    }
  }
  return next;
}

const factorials = [1];
function factorial(n: number): number {
  for (let i = factorials.length; i <= n; i++) factorials.push((factorials[i - 1] ?? 1) * i);
  return factorials[n] ?? 1;
}
