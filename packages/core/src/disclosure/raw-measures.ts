/** Reading exact figures measure by measure, and refusing what a table did not ask for. */
import { AppError } from '@revier/schema';
import type { RawMeasure, RawTable } from '../query/source-table.ts';

export type RawCount = Extract<RawMeasure, { kind: 'count' }>;
export type RawSum = Extract<RawMeasure, { kind: 'sum' }>;
export type RawStrata = Extract<RawMeasure, { kind: 'strata' }>;

/** The figures of the i-th measure of the table. @throws AppError INTERNAL where the source gave none. */
export function rawOf(raw: RawTable, i: number): RawMeasure {
  const measure = raw.measures[i];
  if (measure === undefined) throw mismatch();
  return measure;
}

export function countsOf(raw: RawTable, i: number): RawCount {
  const measure = rawOf(raw, i);
  if (measure.kind !== 'count') throw mismatch();
  return measure;
}

export function sumsOf(raw: RawTable, i: number): RawSum {
  const measure = rawOf(raw, i);
  if (measure.kind !== 'sum') throw mismatch();
  return measure;
}

export function strataOf(raw: RawTable, i: number): RawStrata {
  const measure = rawOf(raw, i);
  if (measure.kind !== 'strata') throw mismatch();
  return measure;
}

export const mismatch = (): AppError =>
  new AppError('INTERNAL', { detail: 'The figures of the source do not fit the measures of the table.' });
