/** What must not be worked out from a lattice: by structure, every set of atoms that may hold fewer than k persons, and every figure that is shown. */
import { kindOf, type Product, type Target } from './least-variance.ts';
import type { Blocks, FigureSystem, View } from './partitions.ts';
import type { Mask, Symmetry } from './symmetry.ts';

export interface Kinds {
  /** One of each kind. */
  readonly targets: readonly Target[];
  /** Set where there are more than may be checked. */
  readonly isCut: boolean;
}

/**
 * Cells of views; the parts into which conditions of other views cut these; atoms; and what the cells of one view leave of a cell of another.
 * Totals too: nothing about a table says that they are large, and a total that is taken apart in many ways is known exactly by the mean of all
 * (A9). Only the whole dataset, which everybody knows to be large, may be.
 */
export function targetsOf(system: FigureSystem, symmetries: readonly Symmetry[], most: number): Kinds {
  const { views, classes } = system;
  const shown = views.filter((view) => !isWhole(view));
  const cut = shown.map((view) => cutByConditions(view, system));
  const atoms = classes.map((size) => Int32Array.from({ length: size }, (_, code) => code));
  const grids = distinct([...shown.map(({ blocks }) => blocks), ...cut, atoms]);
  const found = new Map<string, Target>();
  let left = most;
  for (const blocks of grids) left = takeProducts(found, choicesOf(blocks, null, symmetries), symmetries, left);
  for (const whole of views)
    for (const part of views)
      if (left >= 0 && leavesSomething(whole, part))
        left = takeProducts(found, choicesOf(whole.blocks, part.blocks, symmetries), symmetries, left);
  return { targets: [...found.values()], isCut: left < 0 };
}

const isWhole = ({ blocks }: View): boolean => blocks.every((own) => own.every((block) => block === 0));

const distinct = (grids: readonly (readonly Blocks[])[]): readonly (readonly Blocks[])[] => [
  ...new Map(grids.map((grid) => [grid.map((blocks) => blocks.join()).join('|'), grid])).values(),
];

/** Blocks of the one lie within blocks of the other, or within none. */
function isNested(fine: Blocks, coarse: Blocks): boolean {
  const parents = new Map<number, number>();
  return fine.every((block, code) => {
    if (block < 0) return true;
    const parent = coarse[code] ?? -1;
    const known = parents.get(block) ?? parent;
    parents.set(block, known);
    return known === parent;
  });
}

/** Whether sums of cells of the part can be taken from cells of the whole, with something left over. */
function leavesSomething(whole: View, part: View): boolean {
  const isWithin = part.blocks.every((own, v) => isNested(own, whole.blocks[v] ?? new Int32Array()));
  const meets = part.blocks.every((own, v) =>
    own.some((block, code) => block >= 0 && (whole.blocks[v]?.[code] ?? -1) >= 0),
  );
  return (
    isWithin &&
    meets &&
    part.blocks.some((own, v) => own.some((block, code) => block < 0 && (whole.blocks[v]?.[code] ?? -1) >= 0))
  );
}

/** Blocks split by whether each view of the system has its classes at all. */
function cutByConditions({ blocks }: View, { views }: FigureSystem): readonly Blocks[] {
  return blocks.map((own, v) => {
    const names = new Map<string, number>();
    return own.map((block, code) => {
      if (block < 0) return -1;
      const name = `${block}/${views.map((view) => ((view.blocks[v]?.[code] ?? -1) >= 0 ? 1 : 0)).join('')}`;
      const known = names.get(name) ?? names.size;
      names.set(name, known);
      return known;
    });
  });
}

interface Choice {
  readonly all: Mask;
  readonly without: Mask | null;
}

/** For each variable a block of each kind, with what of it the part has. */
function choicesOf(
  whole: readonly Blocks[],
  part: readonly Blocks[] | null,
  symmetries: readonly Symmetry[],
): readonly (readonly Choice[])[] {
  return whole.map((blocks, v) => {
    const kinds = new Map<string, Choice>();
    const isPart = part === null ? null : Uint8Array.from(part[v] ?? [], (block) => (block >= 0 ? 1 : 0));
    const members = Map.groupBy(blocks.keys(), (code) => blocks[code] ?? -1);
    for (const [block, codes] of members) {
      if (block < 0) continue;
      const all = new Uint8Array(blocks.length);
      for (const code of codes) all[code] = 1;
      const without = isPart === null ? null : all.map((one, code) => one & (isPart[code] ?? 0));
      const sets = without === null ? [all] : [all, without];
      const kind = symmetries[v]?.kindOf(sets) ?? '';
      if (!kinds.has(kind)) kinds.set(kind, { all, without });
    }
    return [...kinds.values()];
  });
}

/** Combines the choices of all variables; returns how many more kinds may be taken, less than 0 when there were too many. */
function takeProducts(
  found: Map<string, Target>,
  choices: readonly (readonly Choice[])[],
  symmetries: readonly Symmetry[],
  left: number,
): number {
  const count = choices.reduce((product, own) => product * own.length, 1);
  if (count > left) return -1;
  for (let place = 0; place < count; place++) {
    const target = targetAt(choices, place);
    if (target !== null) found.set(kindOf(target, symmetries), target);
  }
  return left - count;
}

/** Null where nothing is left of the whole, or the part takes nothing from it. */
function targetAt(choices: readonly (readonly Choice[])[], place: number): Target | null {
  let rest = place;
  const chosen = choices.flatMap((own) => {
    const choice = own[rest % own.length];
    rest = Math.floor(rest / own.length);
    return choice ?? [];
  });
  const all: Product = chosen.map((choice) => choice.all);
  const without = chosen.flatMap((choice) => choice.without ?? []);
  if (without.length === 0) return { all, without: null };
  if (without.some((mask) => !mask.includes(1))) return null;
  return without.every((mask, v) => mask.join() === all[v]?.join()) ? null : { all, without };
}
