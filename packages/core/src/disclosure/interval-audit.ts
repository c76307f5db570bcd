/** What the shown figures tell about each hidden one: intervals that follow from sums and from x >= 0. */

/** Figure `total` is the sum of the figures `parts`. */
export interface Equation {
  readonly total: number;
  readonly parts: readonly number[];
}

export interface Intervals {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * Propagates bounds through the equations until nothing changes: the shuttle algorithm (L. Buzzigoli & A. Giusti, An algorithm to
 * calculate the lower and upper bounds of the elements of an array given its marginals, 1999), over any system of sums.
 * The intervals contain the exact ones of linear programming and may be wider.
 */
export function intervalsOf(values: Float64Array, shown: Uint8Array, equations: readonly Equation[]): Intervals {
  const lower = values.map((value, i) => (shown[i] === 1 ? value : 0));
  const upper = values.map((value, i) => (shown[i] === 1 ? value : Number.POSITIVE_INFINITY));
  const bounds = { lower, upper };
  for (let changed = true; changed; ) {
    changed = false;
    for (const equation of equations) changed = tighten(bounds, equation) || changed;
  }
  return bounds;
}

/** Tightens every figure of one equation by the others. */
function tighten({ lower, upper }: Intervals, { total, parts }: Equation): boolean {
  let [low, high, unbounded] = [0, 0, 0];
  for (const part of parts) {
    low += lower[part] ?? 0;
    const bound = upper[part] ?? Number.POSITIVE_INFINITY;
    if (bound === Number.POSITIVE_INFINITY) unbounded++;
    else high += bound;
  }
  let changed = raise(lower, total, low);
  if (unbounded === 0) changed = cut(upper, total, high) || changed;
  const [least, most] = [lower[total] ?? 0, upper[total] ?? Number.POSITIVE_INFINITY];
  for (const part of parts) {
    const [ownLower, ownUpper] = [lower[part] ?? 0, upper[part] ?? Number.POSITIVE_INFINITY];
    const isOnlyUnbounded = unbounded === 1 && ownUpper === Number.POSITIVE_INFINITY;
    changed = cut(upper, part, most - (low - ownLower)) || changed;
    if (unbounded === 0) changed = raise(lower, part, least - (high - ownUpper)) || changed;
    else if (isOnlyUnbounded) changed = raise(lower, part, least - high) || changed;
  }
  return changed;
}

function raise(bounds: Float64Array, i: number, bound: number): boolean {
  if (!(bound > (bounds[i] ?? 0))) return false;
  bounds[i] = bound;
  return true;
}

function cut(bounds: Float64Array, i: number, bound: number): boolean {
  if (!(bound < (bounds[i] ?? 0))) return false;
  bounds[i] = bound;
  return true;
}
