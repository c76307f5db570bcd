/** Tables of exact counts as one system of figures: their cells, what any two of them leave of each other, and the atoms of all. */
import type { Sha256 } from '@revier/schema';
import type { SourceTable } from '../../query/source-table.ts';
import type { LinkedSystem } from '../linked/linked-system.ts';
import { type Axis, axesOf } from './axes.ts';
import { coversOf } from './covers.ts';
import { type Atoms, atomsOf, type TableViews, viewsOf } from './views.ts';

export interface LinkedTable {
  readonly hash: Sha256;
  readonly source: SourceTable;
  readonly domain: readonly (readonly number[])[];
}

export interface JointSystem {
  /** What the source is asked for the atoms: a count of records for each, with distinct persons. */
  readonly source: SourceTable;
  readonly axes: readonly Axis[];
  readonly atoms: Atoms;
  readonly system: LinkedSystem;
  /** By table: the cell of the system for each count and cell of the grid, `count * grid.size + cell`; -1 where no record can be. */
  readonly places: ReadonlyMap<Sha256, Int32Array>;
  readonly views: ReadonlyMap<Sha256, TableViews>;
}

export interface TooLarge {
  readonly what: 'atoms' | 'views' | 'cells';
  readonly found: number;
  readonly most: number;
}

/** What elimination and audit finish with in seconds. They depend on the tables only, not on the data. */
export const JOINT_LIMITS = { atoms: 2_000, views: 300, cells: 6_000 } as const;

/**
 * Targets are all cells about fewer than k persons, whether a table shows them or not: of tables and totals, what the conditions of one leave in and
 * out of another, and atoms.
 * @param declared stored codes under which a record of the dataset can stand
 */
export function jointSystem(
  tables: readonly LinkedTable[],
  declared: (variable: string) => readonly string[],
): JointSystem | TooLarge {
  const inOrder = tables.toSorted((a, b) => (a.hash < b.hash ? -1 : 1));
  const sources = inOrder.map(({ source }) => source);
  const axes = axesOf(sources, declared);
  const size = axes.reduce((product, { classes }) => product * classes.length, 1);
  if (size > JOINT_LIMITS.atoms) return tooLarge('atoms', size);
  const atoms = atomsOf(axes);
  const tableViews = new Map(inOrder.map((table) => [table.hash, viewsOf(table, axes, atoms)]));
  const book = viewBook();
  const asked = new Set<number>();
  const places = new Map([...tableViews].map(([hash, own]) => [hash, placesOf(own, book, asked)]));
  if (book.views() > JOINT_LIMITS.views) return tooLarge('views', book.views());
  addCuts(book);
  book.add(Int32Array.from({ length: size }, (_, atom) => atom));
  if (book.views() > JOINT_LIMITS.views) return tooLarge('views', book.views());
  if (book.cells() > JOINT_LIMITS.cells) return tooLarge('cells', book.cells());
  const maps = book.maps();
  return {
    ...{ axes, atoms, places, views: tableViews, source: atomSource(axes, sources) },
    system: {
      cells: book.cells(),
      atoms: size,
      maps,
      equations: coversOf(maps),
      asked: [...asked].sort((a, b) => a - b),
    },
  };
}

export const isTooLarge = (made: JointSystem | TooLarge): made is TooLarge => 'what' in made;

const tooLarge = (what: TooLarge['what'], found: number): TooLarge => ({ what, found, most: JOINT_LIMITS[what] });

const atomSource = (axes: readonly Axis[], sources: readonly SourceTable[]): SourceTable => ({
  person: sources[0]?.person ?? null,
  dimensions: axes.map(({ variable, classes }) => ({
    variable,
    pairs: classes.flatMap((codes, number) => codes.map((code) => [code, number] as const)),
  })),
  margins: false,
  measures: [{ kind: 'count', identifier: null, where: [] }],
});

/** Views by what they tell apart: equal ones share their cells. */
interface ViewBook {
  /** Numbers of the view's cells, by its own; undefined where a cell has no atom. */
  add(view: Int32Array): ReadonlyMap<number, number>;
  views(): number;
  cells(): number;
  maps(): readonly Int32Array[];
}

function viewBook(): ViewBook {
  const maps = new Map<string, Int32Array>();
  let cells = 0;
  return {
    add(view) {
      const own = new Map<number, number>();
      const order = view.map((cell) => {
        if (cell < 0) return -1;
        const place = own.get(cell) ?? own.size;
        own.set(cell, place);
        return place;
      });
      if (own.size === 0) return own;
      const key = order.join();
      const first = maps.get(key) ?? order.map((place) => (place < 0 ? -1 : cells + place));
      if (!maps.has(key)) cells += own.size;
      maps.set(key, first);
      const numbers = new Map<number, number>();
      view.forEach((cell, atom) => {
        if (cell >= 0) numbers.set(cell, first[atom] ?? -1);
      });
      return numbers;
    },
    views: () => maps.size,
    cells: () => cells,
    maps: () => [...maps.values()],
  };
}

function placesOf({ grid, views }: TableViews, book: ViewBook, asked: Set<number>): Int32Array {
  const places = new Int32Array(views.length * grid.size).fill(-1);
  views.forEach((own, count) => {
    for (const view of own)
      for (const [cell, node] of book.add(view)) {
        places[count * grid.size + cell] = node;
        asked.add(node);
      }
  });
  return places;
}

/** What each view has inside and outside of the conditions of every other. */
function addCuts(book: ViewBook): void {
  const own = book.maps();
  const supports = [...new Map(own.map((map) => [map.map((cell) => Math.min(cell, 0)).join(), map] as const)).values()];
  for (const map of own)
    for (const support of supports) {
      if (book.views() > JOINT_LIMITS.views) return;
      const inside = map.map((cell, atom) => ((support[atom] ?? -1) < 0 ? -1 : cell));
      const outside = map.map((cell, atom) => ((support[atom] ?? -1) < 0 ? cell : -1));
      if (outside.some((cell) => cell >= 0)) {
        book.add(inside);
        book.add(outside);
      }
    }
}
