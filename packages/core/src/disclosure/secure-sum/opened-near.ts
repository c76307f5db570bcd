/** Opened totals of one table that differ by a few persons only: the finer one is withheld, by a public rule on noised figures. */
import type { AtomFilter, Table } from '@revier/schema';
import { type CellGrid, coarseToFine } from '../cell-grid.ts';

/** One count of a table, by cell of the grid. */
export interface OpenedCount {
  /** Place of the measure in the table. */
  readonly place: number;
  /** With its noise. */
  readonly value: readonly bigint[];
  /** 1 where the figure would be shown; is set to 0 here. */
  readonly shown: Uint8Array;
}

/**
 * The rule of mode L (near-sets.ts) where nobody knows the sets, only noised totals: of a count and another one that contains it by its conditions, in the
 * same cell or in a total above it, the finer is withheld where the two seem to differ by fewer than k persons, none included. It follows
 * from opened figures alone, so it tells nothing that these do not. From coarse to fine: totals stay.
 */
export function withholdNearOpened(
  grid: CellGrid,
  measures: Table['measures'],
  counts: readonly OpenedCount[],
  least: bigint,
): void {
  const around = counts.map((fine) => ({
    fine,
    /** By conditions, so whatever the data. */
    wider: counts.filter((coarse) => coarse !== fine && isWithin(measures, fine, coarse)),
  }));
  // Those with the most around them are the finest: they are held against what is left of the others.
  around.sort((one, other) => one.wider.length - other.wider.length);
  for (const cell of coarseToFine(grid)) {
    const above = grid.above(cell).filter((total) => !grid.isSame(cell, total));
    for (const { fine, wider } of around) {
      if (fine.shown[cell] !== 1) continue;
      const isNear = (coarse: OpenedCount, at: number): boolean =>
        coarse.shown[at] === 1 && (coarse.value[at] ?? 0n) - (fine.value[cell] ?? 0n) < least;
      if (
        wider.some((coarse) => isNear(coarse, cell)) ||
        above.some((total) => isNear(fine, total) || wider.some((coarse) => isNear(coarse, total)))
      )
        fine.shown[cell] = 0;
    }
  }
}

/** Whoever meets the conditions of the one meets those of the other, and these are not the same. */
function isWithin(measures: Table['measures'], fine: OpenedCount, coarse: OpenedCount): boolean {
  const [narrow, wide] = [whereOf(measures, fine), whereOf(measures, coarse)];
  return contains(wide, narrow) && !contains(narrow, wide);
}

const whereOf = (measures: Table['measures'], { place }: OpenedCount): readonly AtomFilter[] =>
  measures[place]?.where ?? [];

const contains = (wide: readonly AtomFilter[], narrow: readonly AtomFilter[]): boolean =>
  wide.every(({ variable, atoms }) => {
    const own = narrow.find((filter) => filter.variable === variable);
    return own?.atoms.every((atom) => atoms.includes(atom)) === true;
  });
