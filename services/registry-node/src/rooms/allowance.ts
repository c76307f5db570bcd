/** An allowance: so many in a minute for each caller; a broker that passes on more than that cannot keep a node busy. */

export interface Allowance {
  /** False when the caller has had enough for this minute. */
  take(caller: string): boolean;
}

const MINUTE_MS = 60_000;

/** @param now milliseconds since the epoch */
export function createAllowance(perMinute: number, now: () => number): Allowance {
  let minute = -1;
  const taken = new Map<string, number>();
  return {
    take(caller) {
      const current = Math.floor(now() / MINUTE_MS);
      if (current !== minute) taken.clear();
      minute = current;
      const before = taken.get(caller) ?? 0;
      taken.set(caller, before + 1);
      return before < perMinute;
    },
  };
}
