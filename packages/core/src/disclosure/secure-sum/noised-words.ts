/** A member's words before they are masked: its counts, each with its share of the noise; sealed, so that only masking opens them. */
import { AppError } from '@revier/schema';
import { cellGrid } from '../cell-grid.ts';
import type { DisclosureInput } from '../disclosure-input.ts';
import { countsOf } from '../raw-measures.ts';
import { type Words, wordsOf } from './words.ts';

/** What a member knows of one cell: its count, and what stands for the records behind it. */
export interface LocalCell {
  /** Place of the measure in the table. */
  readonly measure: number;
  /** Place in the grid of the table. */
  readonly cell: number;
  /** Sum of the record keys: the same records always give the same text, whatever table they are asked in. */
  readonly state: string;
}

/** Draws the member's share of the noise of one cell: a keyed function of the cell and its records, so that a repeat redraws nothing. */
export type NoiseShare = (of: LocalCell) => bigint;

/** Exact figures under a share of noise that protects only in the total: never to be shown alone. */
export class NoisedWords {
  readonly #words: Words;

  private constructor(words: Words) {
    this.#words = words;
  }

  static of(words: Words): NoisedWords {
    return new NoisedWords(words);
  }

  static open(noised: NoisedWords): Words {
    return noised.#words;
  }
}

/** For masking alone. */
export const openNoisedWords = NoisedWords.open;

/**
 * Measure after measure, every cell of the grid; a cell without records is 0 and gets its share of the noise as well, so that the variance of the
 * total is the same everywhere. @throws AppError AGGREGATE_UNFIT for what is no count, INTERNAL for figures that do not fit the table
 */
export function discloseTogether(input: DisclosureInput, share: NoiseShare): NoisedWords {
  const { table, domain, raw } = input;
  const grid = cellGrid(domain, table.margins);
  const values = table.measures.flatMap(({ kind }, measure) => {
    if (kind !== 'count') throw new AppError('AGGREGATE_UNFIT', { detail: 'Secure sums are of counts.' });
    const counts = countsOf(raw, measure);
    const [value, state] = [new Float64Array(grid.size), new Array<string>(grid.size).fill('0')];
    counts.value.forEach((figure, i) => {
      const cell = grid.indexOf(counts.keys, i);
      if (!Number.isSafeInteger(figure)) throw new AppError('INTERNAL', { detail: 'A count is no whole number.' });
      value[cell] = figure;
      state[cell] = stateOf(counts, i);
    });
    return Array.from(value, (figure, cell) => BigInt(figure) + share({ measure, cell, state: state[cell] ?? '0' }));
  });
  return NoisedWords.of(wordsOf(values));
}

/** @throws AppError INTERNAL where the source did not tell the keys */
function stateOf({ recordKeys }: ReturnType<typeof countsOf>, i: number): string {
  const key = recordKeys?.[i];
  if (key === undefined) throw new AppError('INTERNAL', { detail: 'Counts came without the keys of their records.' });
  return String(key);
}

export const wordsIn = (domain: readonly (readonly number[])[], margins: boolean, measures: number): number =>
  measures * domain.reduce((product, codes) => product * (codes.length + (margins ? 1 : 0)), 1);
