/** Cells that differ by a few persons only: of two such cells of one table the finer one is withheld. */
import { type CellGrid, coarseToFine } from './cell-grid.ts';
import type { Ptable } from './cell-key/ptable.ts';
import { type Fewness, seemsFewer } from './cell-key/seems-fewer.ts';
import type { KeyedSets } from './keyed-sets.ts';

/** A guess that is right in 60 % where it is a toss otherwise (A4): half of this is gained. */
const SEEN = 0.2;

/**
 * By how many two sets must seem to differ: what is shown at the least, or more where small figures are shown. Equal sets have equal noise and never seem to
 * differ, so one person more must do so in a fifth of cases at most, by the noise of two figures.
 */
export function leastApart({ rows }: Ptable, least: number): number {
  const law = rows.at(-1)?.law ?? [];
  const differences = law.flatMap((one) =>
    law.map((other) => ({ by: 1 + one.noise - other.noise, probability: one.probability * other.probability })),
  );
  const seenFrom = (few: number): number =>
    differences.reduce((sum, { by, probability }) => sum + (by >= few ? probability : 0), 0);
  let few = least;
  while (seenFrom(few) > SEEN) few++;
  return few;
}

export interface SetsOfFigure {
  /** 1 where the figure would be shown; is set to 0 here. */
  readonly shown: Uint8Array;
  readonly sets: KeyedSets;
}

/** By which records two figures differ in each cell; `same` where they cannot differ, null where nobody can tell. */
export type Apart = (one: number, other: number) => KeyedSets | 'same' | null;

/** Sets whose difference seems to hold fewer are near. */
export interface NearInput extends Fewness {
  readonly grid: CellGrid;
  readonly figures: readonly SetsOfFigure[];
  readonly apart: Apart;
  /**
   * Places of the figures, the ones that stay first. To follow from the conditions alone: were it the larger of two sets that stays, which
   * one is withheld would say whether they differ.
   */
  readonly order: readonly number[];
}

/**
 * Equal sets of records have equal noise: two figures that agree would say that nobody lies between them, and two that do not, that
 * somebody does (the oracle of disclosure.md 1.2 and A4). So the difference of two shown figures gets noise by its own key, which
 * is the difference of theirs, and where it seems to hold fewer than k persons, none included, the finer figure is withheld; a difference that
 * cannot exist by the shape of the table gives nothing away. From coarse to fine: totals stay (1.9).
 *
 * Compared are figures of one cell, and those of a cell with its totals; other pairs that are near, and tables that were answered
 * before, are a matter of the check at approval (2.5).
 */
export function withholdNear(input: NearInput): void {
  const { grid, figures, order } = input;
  for (const cell of coarseToFine(grid)) {
    const above = grid.above(cell);
    order.forEach((i, place) => {
      const figure = figures[i];
      if (figure?.shown[cell] !== 1) return;
      const isNear =
        order.slice(0, place).some((j) => areNear(input, i, cell, j, cell)) ||
        above.some((total) => order.some((j) => areNear(input, i, cell, j, total)));
      if (isNear) figure.shown[cell] = 0;
    });
  }
}

/** Figure i in a cell, and figure j in the same cell or in a total above it that is shown. */
function areNear(input: NearInput, i: number, cell: number, j: number, total: number): boolean {
  const other = input.figures[j];
  if (other?.shown[total] !== 1) return false;
  const apart = i === j ? 'same' : input.apart(i, j);
  if (apart === null || (apart === 'same' && input.grid.isSame(cell, total))) return false;
  const { persons, keys } = other.sets;
  const within = apart === 'same' ? null : apart;
  const count = (within?.persons[cell] ?? 0) + (persons[total] ?? 0) - (persons[cell] ?? 0);
  return seemsFewer(count, (within?.keys[cell] ?? 0) + (keys[total] ?? 0) - (keys[cell] ?? 0), input);
}
