/** A cell of a secure sum held against all that was ever masked of it: where few records have changed, it is masked as it was. */
import { AppError } from '@revier/schema';
import { drawOf, isOtherSet, type SetOfRecords } from './other-set.ts';

/** What the words of one cell are made of. Private, like exact figures: noise is drawn by the key, so figures and key together give the same words again. */
export interface MaskedSet extends SetOfRecords {
  /** A count; or the steps of a sum, persons who have a figure, and persons who lack one. */
  readonly figures: readonly number[];
}

export interface MaskedRules {
  readonly minCellSize: number;
  readonly noiseKey: Uint8Array;
  /** What is counted or summed up (`ShapeMeasure`): cells of one figure move by the same limit. */
  readonly figure: string;
}

/**
 * The set itself where it has become another one than each that was masked before, the oldest first; else the last of these, with its key and all of its figures
 * (decision 0021). A cell without records is a set too.
 * @throws AppError INTERNAL where what was masked has other words
 */
export function holdMasked({ minCellSize, noiseKey, figure }: MaskedRules) {
  const draw = drawOf(noiseKey, figure);
  return (now: MaskedSet, past: readonly MaskedSet[]): MaskedSet => {
    const last = past.at(-1);
    if (last === undefined || past.every((one) => isOtherSet(one, now, minCellSize, draw))) return now;
    if (last.figures.length !== now.figures.length)
      throw new AppError('INTERNAL', { detail: 'What was masked before has other words.' });
    return last;
  };
}
