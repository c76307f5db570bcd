/** A member's words before they are masked: its counts and sums, each with its share of the noise; sealed, so that only masking opens them. */
import { AppError, type DataModel } from '@revier/schema';
import { type CellGrid, cellGrid } from '../cell-grid.ts';
import type { DisclosureInput } from '../disclosure-input.ts';
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

/**
 * Measure after measure, every cell of the grid; a cell without records is 0 and gets its share of the noise as well, so that the variance of the
 * total is the same everywhere. @throws AppError AGGREGATE_UNFIT for what is neither count nor bounded sum, INTERNAL for figures that do not fit the table
 */
export function discloseTogether(input: TogetherInput, share: NoiseShare): NoisedWords {
  const grid = cellGrid(input.domain, input.table.margins);
  const values = input.table.measures.flatMap(({ kind }, measure) => {
    if (kind === 'direct-rate')
      throw new AppError('AGGREGATE_UNFIT', { detail: 'Secure sums are of counts and of sums, not of rates.' });
    const columns = kind === 'count' ? countWords(input, grid, measure) : sumWords(input, grid, measure);
    return columns.flatMap(({ value, state, name, isFine }) =>
      Array.from(
        value,
        (figure, cell) => BigInt(figure) + share({ measure, cell, state: `${name}${state[cell] ?? '0'}`, isFine }),
      ),
    );
  });
  return NoisedWords.of(wordsOf(values));
}

interface WordColumn {
  /** Set before the state, so that no two words of a cell have one noise. */
  readonly name: string;
  readonly value: Float64Array;
  readonly state: readonly string[];
  readonly isFine: boolean;
}

function countWords({ raw }: DisclosureInput, grid: CellGrid, measure: number): readonly WordColumn[] {
  const counts = countsOf(raw, measure);
  const [value, state] = [new Float64Array(grid.size), new Array<string>(grid.size).fill('0')];
  counts.value.forEach((figure, i) => {
    const cell = grid.indexOf(counts.keys, i);
    value[cell] = whole(figure);
    state[cell] = stateOf(counts.recordKeys?.[i]);
  });
  return [{ name: '', value, state, isFine: false }];
}

/** What persons contribute is bounded where it is read (SourceMeasure.cap). */
function sumWords({ table, raw, model }: TogetherInput, grid: CellGrid, place: number): readonly WordColumn[] {
  const measure = table.measures[place];
  const { keys, value, contributions } = sumsOf(raw, place);
  if (measure === undefined || contributions === undefined) throw mismatch();
  const step = stepOf(requiredCap(model, measure));
  const [sum, having, lacking] = [0, 1, 2].map(() => new Float64Array(grid.size));
  const state = new Array<string>(grid.size).fill('0');
  if (sum === undefined || having === undefined || lacking === undefined) throw mismatch();
  value.forEach((figure, i) => {
    const cell = grid.indexOf(keys, i);
    const gaps = whole(contributions.gaps[i] ?? 0);
    sum[cell] = Math.round(whole(figure) / step);
    having[cell] = whole(contributions.persons[i] ?? 0) - gaps;
    lacking[cell] = gaps;
    state[cell] = stateOf(contributions.recordKeys[i]);
  });
  return [
    { name: 'sum ', value: sum, state, isFine: true },
    { name: 'having ', value: having, state, isFine: false },
    { name: 'lacking ', value: lacking, state, isFine: false },
  ];
}

function whole(figure: number): number {
  if (!Number.isSafeInteger(figure)) throw new AppError('INTERNAL', { detail: 'A figure is no whole number.' });
  return figure;
}

/** @throws AppError INTERNAL where the source did not tell the keys */
function stateOf(key: number | undefined): string {
  if (key === undefined) throw new AppError('INTERNAL', { detail: 'Figures came without the keys of their records.' });
  return String(key);
}
