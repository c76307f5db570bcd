/** Noise of counts: looked up by the key of the cell, so that the same records always get the same. */
import type { NoiseInterval, Ptable, PtableRow } from './ptable.ts';

/**
 * The noise of a true count whose cell key is the fraction 0 <= c < 1: the first interval whose bound lies above it (disclosure.md 1.2).
 * The published count is count + noise; a count of 0 stays 0.
 */
export function countNoise(ptable: Ptable, count: number, fraction: number): number {
  const row = ptable.rows[Math.min(count, ptable.rows.length - 1)];
  if (row === undefined || !Number.isInteger(count) || count < 0)
    throw new RangeError('Counts are whole numbers from 0.');
  return noiseAt(row.intervals, fraction);
}

/** @throws RangeError for a fraction outside [0, 1). */
export function noiseAt(intervals: readonly NoiseInterval[], fraction: number): number {
  if (!(fraction >= 0 && fraction < 1)) throw new RangeError('A cell key lies in [0, 1).');
  const found = intervals.find(({ upper }) => fraction < upper);
  if (found === undefined) throw new RangeError('The intervals end below 1.');
  return found.noise;
}

/** Standard error of what is published for a count: what the answer may say beside it. Depends on the row, so not to be said for a hidden count. */
export const varianceOf = ({ law }: PtableRow): number =>
  law.reduce((sum, { noise, probability }) => sum + probability * noise ** 2, 0);
