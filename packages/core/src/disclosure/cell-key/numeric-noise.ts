/** Noise of sums of a numeric variable: in proportion to the greatest contribution, so that nobody can be told from it. */
import { noiseAt } from './count-noise.ts';
import type { Ptable } from './ptable.ts';

/** The flex function of cellKey (`ck_flexparams`): relative noise falls from pSmall to pLarge as contributions grow. */
export interface FlexParams {
  /** Contributions below this get pSmall. */
  readonly fp: number;
  readonly pSmall: number;
  readonly pLarge: number;
  readonly q: number;
  /** Extra noise of cells that are sensitive on their own. */
  readonly mu: number;
}

export const defaultFlex = { pSmall: 0.25, pLarge: 0.05, q: 3, mu: 0 } as const;

export interface NumericCell {
  /** The exact sum. */
  readonly sum: number;
  /** The greatest contribution to it. */
  readonly greatest: number;
  readonly fraction: number;
  readonly isSensitive: boolean;
}

/** What noise of 1 stands for: the flex share of the greatest contribution, at most the whole sum. */
export const noiseUnit = (flex: FlexParams, { sum, greatest }: Pick<NumericCell, 'sum' | 'greatest'>): number =>
  Math.min(Math.abs(greatest) * shareOf(Math.abs(greatest), flex), Math.abs(sum));

/** Noise to add to the sum (cellKey 1.0.2, `R/utils_numtabs.R`; disclosure.md 1.2): 0 for an empty cell, never past 0. */
export function numericNoise(ptable: Ptable, flex: FlexParams, cell: NumericCell): number {
  const delta = noiseUnit(flex, cell);
  if (delta === 0) return 0;
  const v = interpolated(ptable, Math.abs(cell.sum) / delta, cell.fraction);
  const size = (cell.isSensitive ? flex.mu : 0) + Math.abs(v);
  // Away from 0 is up for positive sums and down for negative ones.
  return Math.sign(cell.sum) * Math.max(delta * Math.sign(v) * size, -Math.abs(cell.sum));
}

function shareOf(x: number, { fp, pSmall, pLarge, q }: FlexParams): number {
  if (x < fp) return pSmall;
  const excess = (pSmall * x - pLarge * fp) / (pLarge * fp);
  return pLarge * (1 + excess * ((2 * fp) / (fp + x)) ** q);
}

/** The noise of class a: that of its row, or in proportion between the rows below and above. */
function interpolated({ rows }: Ptable, a: number, fraction: number): number {
  const above = rows.findIndex(({ count }) => count >= a);
  const upper = rows.at(above);
  if (upper === undefined) throw new RangeError('The table has no rows.');
  const high = noiseAt(upper.intervals, fraction);
  const lower = rows[above - 1];
  if (above < 0 || lower === undefined || upper.count === a) return high;
  const share = (a - lower.count) / (upper.count - lower.count);
  return (1 - share) * noiseAt(lower.intervals, fraction) + share * high;
}
