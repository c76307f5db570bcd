/** Weights of a standard population, by the number of the stratum. */
import { AppError } from '@revier/schema';
import type { Vocabulary } from '../query/vocabulary.ts';

/** @throws AppError STANDARD_UNKNOWN */
export function standardWeights(vocabulary: Vocabulary, name: string): number[] {
  const standard = vocabulary.standard(name);
  const index = standard && vocabulary.codeList(standard.codeList);
  if (standard === undefined || index === undefined) throw new AppError('STANDARD_UNKNOWN');
  const weights = new Map(standard.weights);
  return index.codesAt(standard.level).map(({ code }) => weights.get(code) ?? 0);
}
