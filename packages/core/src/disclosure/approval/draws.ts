/** How often one set of records is seen with noise of its own: views that show the same cells show one draw of it. */
import type { Blocks } from './partitions.ts';

/** A view by what its noise belongs to: sets of records, or names of cells. */
export interface NoisedCells {
  /** A variable that is not named tells nothing apart. */
  readonly cells: ReadonlyMap<string, Blocks>;
  /** Cells of views that differ in it are other cells. */
  readonly apart: string;
}

/** Compared two by two only up to here; there are never more that are checked at all. */
const MOST_COMPARED = 400;

/**
 * For each view, given as all ways in which tables speak of it: the number of its ways that are cells of no other view. A view whose cells all stand
 * in another one is 0: its figures are known already, and so is their noise.
 */
export function drawsOf(views: readonly (readonly NoisedCells[])[]): readonly number[] {
  const read = readerOf(views.flat());
  const own = views.map((ways) => [...new Map(ways.map(read).map((way) => [way.name, way])).values()]);
  const all = [...new Map(own.flat().map((way) => [way.name, way])).values()];
  if (all.length > MOST_COMPARED) return own.map((ways) => ways.length);
  return own.map(
    (ways) => ways.filter((way) => !all.some((other) => other.name !== way.name && isWithin(way, other))).length,
  );
}

interface Way {
  readonly name: string;
  readonly apart: string;
  /** By variable, the sets of codes that it tells apart, by number. */
  readonly sets: readonly ReadonlySet<number>[];
}

const isWithin = (way: Way, other: Way): boolean =>
  way.apart === other.apart && way.sets.every((sets, v) => [...sets].every((set) => other.sets[v]?.has(set) === true));

function readerOf(all: readonly NoisedCells[]): (one: NoisedCells) => Way {
  const lengths = new Map(all.flatMap(({ cells }) => [...cells].map(([name, own]) => [name, own.length] as const)));
  const variables = [...lengths.keys()].sort();
  const numbers = new Map<string, number>();
  const numberOf = (codes: readonly number[]): number => {
    const key = codes.join();
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  };
  return ({ cells, apart }) => {
    const sets = variables.map((name) => {
      const blocks = cells.get(name) ?? new Int32Array(lengths.get(name) ?? 0);
      const members = Map.groupBy(blocks.keys(), (code) => blocks[code] ?? -1);
      members.delete(-1);
      return new Set([...members.values()].map(numberOf));
    });
    return { name: `${apart}|${sets.map((own) => [...own].sort((a, b) => a - b).join()).join('|')}`, apart, sets };
  };
}
