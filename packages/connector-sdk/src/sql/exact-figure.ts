/** The last digit counts: a figure of an engine as a number, or not at all. */
import { AppError } from '@revier/schema';

/** Takes what an engine gives for a whole number. Throws AppError `INTERNAL` on NULL and on what a number cannot hold exactly. */
export function exactFigure(value: unknown): number {
  const number = value === null ? Number.NaN : Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new AppError('INTERNAL', { detail: 'A figure is missing, or too large to be exact.' });
}
