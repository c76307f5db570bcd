/** Intervals of a perturbation table split and shuffled, so that near keys do not stand for near noise. */
import { createHash } from 'node:crypto';
import { inDigits, type NoiseInterval, type Ptable, type PtableRow } from './ptable.ts';

export interface MixOptions {
  /** Widest interval afterwards (default 0.2). */
  readonly threshold?: number;
  /** Public, common to the cohort. */
  readonly seed: string;
}

/**
 * CRAN ptable `modify_cnt_ptable`: parts no wider than the threshold, in an order that the seed fixes for each row. The order comes
 * from SHA-256 and not from the generator of R, so it differs from that of the package for the same seed; probabilities do not.
 * @throws RangeError for a threshold outside (0, 1].
 */
export function mixedPtable(ptable: Ptable, { threshold = 0.2, seed }: MixOptions): Ptable {
  if (!(threshold > 0 && threshold <= 1)) throw new RangeError('The threshold lies above 0 and at most at 1.');
  return { rows: ptable.rows.map((row) => ({ ...row, intervals: mixed(row, threshold, seed) })) };
}

function mixed({ count, intervals }: PtableRow, threshold: number, seed: string): readonly NoiseInterval[] {
  const parts = intervals.flatMap(({ noise, upper }, i) => {
    const width = inDigits(upper - (intervals[i - 1]?.upper ?? 0));
    return widths(width, threshold).map((part) => ({ noise, width: part }));
  });
  let cumulated = 0;
  return shuffled(parts, wordsOf(`${seed}|${count}`)).map(({ noise, width }) => {
    cumulated = inDigits(cumulated + width);
    return { noise, upper: cumulated };
  });
}

function widths(width: number, threshold: number): readonly number[] {
  const whole = width === 1 ? 0 : Math.floor(width / threshold);
  const rest = inDigits(width - whole * threshold);
  return [...Array.from({ length: whole }, () => threshold), ...(rest > 0 ? [rest] : [])];
}

/** Fisher and Yates; words are cut off so that every order is equally likely. */
function shuffled<T>(items: readonly T[], nextWord: () => number): readonly T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const limit = 2 ** 32 - (2 ** 32 % (i + 1));
    let word = nextWord();
    while (word >= limit) word = nextWord();
    const j = word % (i + 1);
    order.splice(j, 1, ...order.splice(i, 1, ...order.slice(j, j + 1)));
  }
  return order;
}

function wordsOf(seed: string): () => number {
  let counter = 0;
  return () => createHash('sha256').update(`revier ptable order 1|${seed}|${counter++}`).digest().readUInt32BE(0);
}
