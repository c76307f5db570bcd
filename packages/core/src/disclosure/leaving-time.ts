/** When an answer leaves: by what everybody may know of its cost, and not by how long it took (disclosure.md 2.6; A17). */

export interface CostClass {
  /** Figures of the table, by its public structure. */
  readonly figures: number;
}

/** Up to so many figures, after so many ticks. */
const CLASSES: readonly (readonly [figures: number, ticks: number])[] = [
  [1_000, 2],
  [10_000, 8],
  [100_000, 32],
  [Number.POSITIVE_INFINITY, 128],
];

/**
 * Milliseconds after the task was taken: the planned time of the class, twice that where it is over already, and so on. So all that an observer
 * sees of a run is its class, unless it took longer than planned for; then by which power of two.
 * @param elapsed milliseconds since the task was taken
 * @param tick milliseconds; 0: at once
 */
export function leavingTime({ figures }: CostClass, elapsed: number, tick: number): number {
  if (tick <= 0) return elapsed;
  const [, ticks] = CLASSES.find(([most]) => figures <= most) ?? [0, 1];
  let at = ticks * tick;
  while (at < elapsed) at *= 2;
  return at;
}
