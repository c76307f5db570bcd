/** A member's words before they are masked: its counts and sums, each with its share of the noise; sealed, so that only masking opens them. */
import { AppError, type DataModel } from '@revier/schema';
import { type CellGrid, cellGrid } from '../cell-grid.ts';
import type { DisclosureInput } from '../disclosure-input.ts';
import type { MaskedSet } from '../history/hold-masked.ts';
import { countsOf, mismatch, sumsOf } from '../raw-measures.ts';
import { requiredCap, stepOf } from './sum-measures.ts';
import { type Words, wordsOf } from './words.ts';

/** What a member knows of one cell: its count, and what stands for the records behind it. */
export interface LocalCell {
  /** Place of the measure in the table. */
  readonly measure: number;
  /** Place in the grid of the table. */
  readonly cell: number;
  /** Sum of the record keys: the same records always give the same text, whatever table they are asked in. */
  readonly state: string;
  /** Sums: noise is drawn in steps of fixed point, of which one person may contribute many. */
  readonly isFine?: boolean;
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

export interface TogetherInput extends DisclosureInput {
  readonly model: Pick<DataModel, 'variables'>;
}

/** What is masked of a cell in place of what is found now: the same, or what was masked of it before. */
export type Hold = (found: MaskedSet, measure: number, cell: number) => MaskedSet;

/**
 * Measure after measure, every cell of the grid; a cell without records is 0 and gets its share of the noise as well, so that the variance of the
 * total is the same everywhere. All words of a cell are of one set.
 * @throws AppError AGGREGATE_UNFIT for what is neither count nor bounded sum, INTERNAL for figures that do not fit the table
 */
export function discloseTogether(input: TogetherInput, share: NoiseShare, hold: Hold = (found) => found): NoisedWords {
  const grid = cellGrid(input.domain, input.table.margins);
  const values = input.table.measures.flatMap(({ kind }, measure) => {
    if (kind === 'direct-rate')
      throw new AppError('AGGREGATE_UNFIT', { detail: 'Secure sums are of counts and of sums, not of rates.' });
    const { words, sets } = kind === 'count' ? countSets(input, grid, measure) : sumSets(input, grid, measure);
    const held = sets.map((found, cell) => hold(found, measure, cell));
    return words.flatMap(({ name, isFine }, word) =>
      held.map(
        ({ figures, key }, cell) =>
          BigInt(whole(figures[word])) + share({ measure, cell, state: `${name}${key}`, isFine }),
      ),
    );
  });
  return NoisedWords.of(wordsOf(values));
}

interface LocalSets {
  readonly words: readonly {
    /** Set before the state, so that no two words of a cell have one noise. */
    readonly name: string;
    readonly isFine: boolean;
  }[];
  /** By cell; figures in the order of the words. */
  readonly sets: readonly MaskedSet[];
}

function countSets({ raw }: DisclosureInput, grid: CellGrid, measure: number): LocalSets {
  const counts = countsOf(raw, measure);
  const sets = emptySets(grid, [0]);
  counts.value.forEach((figure, i) => {
    const units = whole(figure);
    const persons = whole(counts.persons[i]);
    sets[grid.indexOf(counts.keys, i)] = { units, persons, key: keyOf(counts.recordKeys?.[i]), figures: [units] };
  });
  return { words: [{ name: '', isFine: false }], sets };
}

/** What persons contribute is bounded where it is read (SourceMeasure.cap). */
function sumSets({ table, raw, model }: TogetherInput, grid: CellGrid, place: number): LocalSets {
  const measure = table.measures[place];
  const { keys, value, contributions } = sumsOf(raw, place);
  if (measure === undefined || contributions === undefined) throw mismatch();
  const step = stepOf(requiredCap(model, measure));
  const sets = emptySets(grid, [0, 0, 0]);
  value.forEach((figure, i) => {
    const [persons, gaps] = [whole(contributions.persons[i]), whole(contributions.gaps[i])];
    const figures = [Math.round(whole(figure) / step), persons - gaps, gaps];
    sets[grid.indexOf(keys, i)] = { units: persons, persons, key: keyOf(contributions.recordKeys[i]), figures };
  });
  return {
    // Sums in steps of two sizes have two noises, or their difference would be free of any.
    words: [
      { name: `sum ${step} `, isFine: true },
      { name: 'having ', isFine: false },
      { name: 'lacking ', isFine: false },
    ],
    sets,
  };
}

const emptySets = (grid: CellGrid, figures: readonly number[]): MaskedSet[] =>
  Array.from({ length: grid.size }, () => ({ units: 0, persons: 0, key: 0, figures }));

function whole(figure: number | undefined): number {
  if (figure === undefined || !Number.isSafeInteger(figure))
    throw new AppError('INTERNAL', { detail: 'A figure is no whole number.' });
  return figure;
}

/** @throws AppError INTERNAL where the source did not tell the keys */
function keyOf(key: number | undefined): number {
  if (key === undefined) throw new AppError('INTERNAL', { detail: 'Figures came without the keys of their records.' });
  return key;
}
