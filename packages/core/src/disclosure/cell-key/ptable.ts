/** Perturbation tables: for each true count, what noise it gets and with which probability. */
import { maximumEntropy } from './maximum-entropy.ts';

/** Names are those of CRAN ptable and of disclosure.md 1.2. */
export interface PtableParams {
  /** Greatest change. */
  readonly D: number;
  /** Variance of the noise, at most (`optim` 1) or exactly (`optim` 4). */
  readonly V: number;
  /** Counts from 1 to js are never published. */
  readonly js: number;
  /** Least probability that a count stays as it is. */
  readonly pstay?: number;
  readonly mono?: boolean;
  readonly optim?: 1 | 4;
}

/** A part of [0, 1) in which a cell key stands for this noise; intervals of a row adjoin, ascending from 0. */
export interface NoiseInterval {
  readonly noise: number;
  /** In 8 digits, exclusive. */
  readonly upper: number;
}

export interface PtableRow {
  readonly count: number;
  /** Noise ascending, before rounding to intervals. */
  readonly law: readonly { readonly noise: number; readonly probability: number }[];
  readonly intervals: readonly NoiseInterval[];
}

/** Rows by count, ascending from 0; counts above the last use the last. */
export interface Ptable {
  readonly rows: readonly PtableRow[];
}

export type PtableResult =
  | { readonly isFeasible: true; readonly ptable: Ptable }
  | { readonly isFeasible: false; readonly row: number; readonly reason: string };

/** Tables of more than this are neither useful nor quick. */
const MAX_CHANGE = 50;

/**
 * The table of greatest entropy (CRAN ptable 1.0.0, `R/pt_create_pTable.R`), without its two silent retreats: a `pstay` that cannot be
 * had is refused, not lowered step by step, and probabilities are not held above 1e-8.
 */
export function makePtable(params: PtableParams): PtableResult {
  const { D, V, js, pstay = 0 } = params;
  if (!Number.isInteger(D) || D < 1 || D > MAX_CHANGE)
    return refuse(0, `The greatest change must be a whole number from 1 to ${MAX_CHANGE}.`);
  if (!Number.isInteger(js) || js < 0 || js >= D)
    return refuse(0, 'The blocked counts must end below the greatest change.');
  if (!(V > 0)) return refuse(0, 'The variance must be positive.');
  if (!(pstay >= 0 && pstay < 1)) return refuse(0, 'The probability to stay must lie between 0 and 1.');
  const last = js === 0 ? D : D + js + 1;
  const rows = Array.from({ length: last }, (_, i) => i + 1);
  const targets = (count: number) =>
    Array.from({ length: 2 * D + 1 }, (_, i) => count - D + i).filter((j) => j >= 0 && !(j >= 1 && j <= js));
  return tableOf(rows, params, targets);
}

export interface NumericPtableParams {
  readonly D: number;
  readonly V: number;
  /** Steps of noise in one unit. */
  readonly step: number;
  /** Classes that have a row of their own, ascending, from 1 to D. */
  readonly classes: readonly number[];
  readonly optim?: 1 | 4;
}

/** The table for sums (ptable `create_num_ptable`): noise in steps, rows for a few classes, between which lookups interpolate. */
export function makeNumericPtable({ D, V, step, classes, optim = 1 }: NumericPtableParams): PtableResult {
  const areClasses = classes.every((row, i) => Number.isInteger(row) && row > (classes[i - 1] ?? 0));
  if (!areClasses || classes[0] !== 1 || classes.at(-1) !== D)
    return refuse(0, 'The classes must ascend from 1 to the greatest change.');
  if (!Number.isInteger(step) || step < 1 || D * step > MAX_CHANGE)
    return refuse(0, `There may be at most ${MAX_CHANGE} steps.`);
  if (!(V > 0)) return refuse(0, 'The variance must be positive.');
  return tableOf(classes, { D, V, js: 0, optim }, (count) =>
    Array.from({ length: 2 * D * step + 1 }, (_, i) => count - D + i / step).filter((j) => j >= 0),
  );
}

function tableOf(
  counts: readonly number[],
  { V, js, pstay = 0, mono = true, optim = 1 }: PtableParams,
  targets: (count: number) => readonly number[],
): PtableResult {
  const rows: PtableRow[] = [rowOf(0, [0], [1])];
  for (const count of counts) {
    const support = targets(count).map((target) => target - count);
    const least = leastVariance(support);
    if (!(V > least))
      return refuse(
        count,
        `With counts from 1 to ${js} blocked, a count of ${count} has a variance above ${least}, not ${V}.`,
      );
    const law = maximumEntropy({
      support,
      variance: V,
      isVarianceExact: optim === 4,
      stay: pstay,
      isMonotone: mono,
    });
    if (law === null) return refuse(count, `A count of ${count} cannot have noise of variance ${V} on these terms.`);
    rows.push(rowOf(count, support, law));
  }
  return { isFeasible: true, ptable: { rows } };
}

/** Least variance of any law with mean 0: that on the two values next to 0, and 0 where it may stay (disclosure.md 1.2). */
function leastVariance(support: readonly number[]): number {
  if (support.includes(0)) return 0;
  const below = Math.max(...support.filter((v) => v < 0));
  const above = Math.min(...support.filter((v) => v > 0));
  return -below * above;
}

function rowOf(count: number, support: readonly number[], law: readonly number[]): PtableRow {
  let cumulated = 0;
  const intervals = support.map((noise, i) => {
    cumulated += law[i] ?? 0;
    return { noise, upper: i === support.length - 1 ? 1 : inDigits(cumulated) };
  });
  return { count, law: support.map((noise, i) => ({ noise, probability: law[i] ?? 0 })), intervals };
}

/** Bounds are rounded, so that cohorts that compute the same table elsewhere agree on every lookup. */
export const inDigits = (x: number): number => Math.round(x * 1e8) / 1e8;

const refuse = (row: number, reason: string): PtableResult => ({ isFeasible: false, row, reason });
