/** The noise of figures: what parts of several holders add up to, and what it means for shares, rates and means. */
import type { CellError, Perturbation, ReleaseColumns } from '@revier/schema';
import type { Interval } from '../statistics/index.ts';

export interface Noise {
  readonly variance: number;
  /** Null where there is no bound. */
  readonly max: number | null;
}

/** The noise of all parts, by cell: holders draw independently, so variances add up (disclosure.md 1.2). */
export interface NoiseSums {
  add(cell: number, noise: Noise): void;
  of(cell: number): Noise | undefined;
}

export function noiseSums(size: number): NoiseSums {
  const variance = new Float64Array(size);
  const max = new Float64Array(size);
  return {
    add(cell, noise) {
      variance[cell] = (variance[cell] ?? 0) + noise.variance;
      max[cell] = (max[cell] ?? 0) + (noise.max ?? Number.POSITIVE_INFINITY);
    },
    of(cell) {
      const own = variance[cell] ?? 0;
      const bound = max[cell] ?? 0;
      return own === 0 ? undefined : { variance: own, max: Number.isFinite(bound) ? bound : null };
    },
  };
}

/** Null for exact figures. A sum comes with its own class of noise; a count has that of its table, or of the secure sum. */
export function noiseOfColumns(
  columns: Exclude<ReleaseColumns, { kind: 'direct-rate' }>,
  {
    perturbation,
    sumVariance,
  }: { readonly perturbation?: Perturbation | undefined; readonly sumVariance?: number | undefined },
): ((row: number) => Noise) | null {
  if (columns.kind === 'sum') {
    const { sd } = columns;
    return sd === undefined ? null : (row) => ({ variance: (sd[row] ?? 0) ** 2, max: null });
  }
  if (sumVariance !== undefined) return () => ({ variance: sumVariance, max: null });
  return perturbation === undefined ? null : () => ({ variance: perturbation.V, max: perturbation.D });
}

/** Two-sided 95 % of a normal law. */
const Z95 = 1.96;

/** Few digits: an error is no figure to calculate with. */
const rounded = (x: number): number => Number(x.toPrecision(3));

/** Of whole numbers the deviation is one, too. */
export function errorOf({ variance, max }: Noise, isWhole: boolean): CellError {
  const sd = Math.sqrt(variance);
  const within = isWhole ? Math.ceil(Z95 * sd) : rounded(Z95 * sd);
  return {
    sd: rounded(sd),
    within95: max === null ? within : Math.min(max, within),
    ...(max === null ? {} : { max }),
  };
}

/** Deviation of a quotient from the noise of its two sides, to first order; both are drawn independently. */
export function quotientDeviation(
  { value, noise }: { readonly value: number; readonly noise?: Noise | undefined },
  below: { readonly value: number; readonly noise?: Noise | undefined },
): number {
  const share = value / below.value;
  return Math.sqrt((noise?.variance ?? 0) + share ** 2 * (below.noise?.variance ?? 0)) / below.value;
}

/**
 * The interval of a figure widened by noise: distances to the limits and the noise's 1.96 deviations are added as squares (method of
 * variance estimates recovery, G. Y. Zou & A. Donner, Statistics in Medicine 27 (2008)).
 */
export function widened(centre: number, { lower, upper }: Interval, deviation: number): Interval {
  if (deviation === 0) return { lower, upper };
  const reach = (limit: number): number => Math.hypot(limit - centre, Z95 * deviation);
  return { lower: Math.max(0, centre - reach(lower)), upper: centre + reach(upper) };
}
