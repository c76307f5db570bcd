/** How long to stay away from a service that is away: longer each time, and not all at the same moment. */

export interface Backoff {
  /** First and longest pause in milliseconds. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** 0 ≤ r < 1; spreads many nodes over time when the broker comes back. */
  readonly random: () => number;
}

/** Half of the exponential pause, and a random part of the other half. `failures` begins at 1. */
export function pauseMs({ firstMs, longestMs, random }: Backoff, failures: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return full / 2 + (random() * full) / 2;
}

export const defaultBackoff = (random: () => number): Backoff => ({ firstMs: 500, longestMs: 30_000, random });
