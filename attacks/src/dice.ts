/** Seeded chance: whoever repeats an attack with its seed repeats its choices. */

export interface Dice {
  /** In [0, 1). */
  uniform(): number;
  /** Whole number in 0 .. n - 1. */
  below(n: number): number;
  chance(p: number): boolean;
  shuffled<T>(all: readonly T[]): T[];
}

/** Mulberry32, enough for choosing rows and rewritings; nothing secret hangs on it. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(uniform() * n);
  return {
    uniform,
    below,
    chance: (p) => uniform() < p,
    shuffled: (all) =>
      all
        .map((one) => [uniform(), one] as const)
        .sort(([a], [b]) => a - b)
        .map(([, one]) => one),
  };
}
