/** Cells of two tables of which one lies within the other, whatever the data: found variable by variable, from the codes that they stand for. */
import { TOTAL } from '@revier/schema';
import { cellGrid } from '../cell-grid.ts';
import type { TableShape } from './table-shape.ts';

/** Stored codes; null: all that there are. */
type Block = ReadonlySet<string> | null;

/** What one variable tells apart among the cells of a measure. */
interface Axis {
  readonly blocks: readonly Block[];
  /** The block of each cell. */
  readonly of: Uint32Array;
}

/** The cells of one measure of a table. */
export interface ShapeCells {
  readonly size: number;
  readonly axes: ReadonlyMap<string, Axis>;
}

export function cellsOfShape(shape: TableShape, place: number): ShapeCells {
  const { dimensions, margins, measures, declared } = shape;
  const domain = dimensions.map(({ pairs }) => [...new Set(pairs.map(([, number]) => number))].sort((a, b) => a - b));
  const grid = cellGrid(domain, margins);
  const where = measures[place]?.where ?? [];
  const variables = new Set([...dimensions, ...where].map(({ variable }) => variable));
  const axisOf = (variable: string): Axis => {
    const own = dimensions.flatMap((dimension, d) => (dimension.variable === variable ? [{ dimension, d }] : []));
    const conditions = where.filter((filter) => filter.variable === variable).map(({ stored }) => stored);
    const groups = own.map(({ dimension: { pairs } }) => Map.groupBy(pairs, ([, number]) => number));
    const codesOf = (i: number, number: number): readonly string[] =>
      (number === TOTAL ? own[i]?.dimension.pairs : groups[i]?.get(number))?.map(([code]) => code) ?? [];
    const places = new Map<string, number>();
    const blocks: Block[] = [];
    const of = Uint32Array.from({ length: grid.size }, (_, cell) => {
      const numbers = own.map(({ d }) => grid.keys[d]?.[cell] ?? TOTAL);
      const name = numbers.join();
      const known = places.get(name) ?? blocks.length;
      if (known < blocks.length) return known;
      places.set(name, known);
      const grouped = own.map((_, i) => codesOf(i, numbers[i] ?? TOTAL));
      blocks.push(blockOf([...grouped, ...conditions], declared[variable] ?? []));
      return known;
    });
    return { blocks, of };
  };
  return { size: grid.size, axes: new Map([...variables].map((variable) => [variable, axisOf(variable)])) };
}

/** What all of these have in common. */
function blockOf(sets: readonly (readonly string[])[], declared: readonly string[]): Block {
  const [first = declared, ...others] = sets;
  const wanted = others.map((codes) => new Set(codes));
  const block = new Set(first.filter((code) => wanted.every((codes) => codes.has(code))));
  return declared.every((code) => block.has(code)) ? null : block;
}

/** `isSame`: both are the same set of codes in every variable. */
export type Visit = (fine: number, coarse: number, isSame: boolean) => void;

/** Visits each cell of `fine` with every cell of `coarse` that it lies within, by structure. */
export function eachWithin(fine: ShapeCells, coarse: ShapeCells, visit: Visit): void {
  const variables = [...new Set([...fine.axes.keys(), ...coarse.axes.keys()])];
  const whole = (size: number): Axis => ({ blocks: [null], of: new Uint32Array(size) });
  let stride = 1;
  const steps = variables.map((name) => {
    const [own, above] = [fine.axes.get(name) ?? whole(fine.size), coarse.axes.get(name) ?? whole(coarse.size)];
    const step = { own, above, stride, within: withinOf(own.blocks, above.blocks) };
    stride *= above.blocks.length;
    return step;
  });
  const cellAt = new Int32Array(stride).fill(-1);
  for (let cell = 0; cell < coarse.size; cell++)
    cellAt[steps.reduce((at, { above, stride: width }) => at + (above.of[cell] ?? 0) * width, 0)] = cell;
  for (let cell = 0; cell < fine.size; cell++) {
    let found: readonly Place[] = [{ at: 0, isSame: true }];
    for (const { own, stride: width, within } of steps) {
      const containing = within[own.of[cell] ?? 0] ?? [];
      found = found.flatMap(({ at, isSame }) =>
        containing.map((one) => ({ at: at + one.block * width, isSame: isSame && one.isSame })),
      );
    }
    for (const { at, isSame } of found) {
      const other = cellAt[at] ?? -1;
      if (other >= 0) visit(cell, other, isSame);
    }
  }
}

interface Place {
  readonly at: number;
  readonly isSame: boolean;
}

interface Within {
  readonly block: number;
  readonly isSame: boolean;
}

/** For each block those that contain it; a block without any code is in none. */
function withinOf(blocks: readonly Block[], above: readonly Block[]): readonly (readonly Within[])[] {
  const byCode = new Map<string, number[]>();
  const all: number[] = [];
  above.forEach((block, place) => {
    if (block === null) all.push(place);
    else
      for (const code of block) {
        const places = byCode.get(code);
        if (places === undefined) byCode.set(code, [place]);
        else places.push(place);
      }
  });
  return blocks.map((block): Within[] => {
    if (block === null) return all.map((place) => ({ block: place, isSame: true }));
    const [first] = block;
    if (first === undefined) return [];
    const containing = (byCode.get(first) ?? []).filter((place) => isPart(block, above[place] ?? null));
    return [
      ...all.map((place) => ({ block: place, isSame: false })),
      ...containing.map((place) => ({ block: place, isSame: above[place]?.size === block.size })),
    ];
  });
}

const isPart = (block: ReadonlySet<string>, whole: Block): boolean =>
  whole === null || (block.size <= whole.size && [...block].every((code) => whole.has(code)));

/** Whether a record can be counted in both: false where some variable keeps every cell of the one from every cell of the other. */
export function mayOverlap(one: TableShape, place: number, other: TableShape, at: number): boolean {
  const [first, second] = [admitted(one, place), admitted(other, at)];
  return [...first].every(([variable, sets]) => {
    const beside = second.get(variable);
    const all = [...sets, ...(beside ?? [])];
    const [codes = [], ...others] = all;
    return beside === undefined || codes.some((code) => others.every((set) => set.includes(code)));
  });
}

/** For each variable what a record must have to be counted in any cell: all of these. */
function admitted({ dimensions, measures }: TableShape, place: number): Map<string, (readonly string[])[]> {
  const sets = new Map<string, (readonly string[])[]>();
  const add = (variable: string, codes: readonly string[]) =>
    sets.set(variable, [...(sets.get(variable) ?? []), codes]);
  for (const { variable, pairs } of dimensions)
    add(
      variable,
      pairs.map(([code]) => code),
    );
  for (const { variable, stored } of measures[place]?.where ?? []) add(variable, stored);
  return sets;
}
