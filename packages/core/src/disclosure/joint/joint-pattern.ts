/** The pattern of some tables: which of their counts are shown, decided over all of them together. */
import type { Sha256 } from '@revier/schema';
import type { RawTable } from '../../query/source-table.ts';
import type { LinkedRelease, SystemCounts } from '../linked/protect-linked.ts';
import { countsOf } from '../raw-measures.ts';
import { countsIn } from './axes.ts';
import type { JointSystem, LinkedTable } from './joint-system.ts';

/** 1 for each figure that is shown: `count * cells of the table + cell`, counts in the order of the table's. */
export type Pattern = Uint8Array<ArrayBuffer>;

export interface JointFigures {
  readonly joint: JointSystem;
  readonly tables: readonly LinkedTable[];
  readonly raw: ReadonlyMap<Sha256, RawTable>;
  /** What the source has answered for the atoms. */
  readonly atoms: RawTable;
  readonly minCellSize: number;
  /** Patterns that have been published in this epoch: they stay as they are. */
  readonly fixed: ReadonlyMap<Sha256, Uint8Array>;
}

/**
 * What is to be decided, `protectSystem` does it. Null where the figures of a table are not made of the atoms: a record has a code that its dataset
 * does not declare, so that nothing can be said about what follows from what.
 */
export function jointCounts(figures: JointFigures): SystemCounts | null {
  const { joint, tables, raw, fixed, minCellSize } = figures;
  const { records, persons } = atomFigures(figures);
  if (!tables.every((table) => isMadeOf(records, joint, table, raw.get(table.hash)))) return null;
  const isSame = records.every((own, atom) => own === persons[atom]);
  return {
    ...{ system: joint.system, minCellSize, fixed: [...fixedCells(joint, fixed)] },
    scales: isSame ? [persons] : [persons, records],
    persons: distinctPersons(joint, tables, raw),
    isKnownAtom: new Uint8Array(joint.atoms.size),
  };
}

/** Patterns of the tables that have none yet, from what is shown of the system. */
export function patternsIn(
  { joint, tables, fixed }: Pick<JointFigures, 'joint' | 'tables' | 'fixed'>,
  { shown }: LinkedRelease,
): ReadonlyMap<Sha256, Pattern> {
  const fresh = tables.filter(({ hash }) => !fixed.has(hash));
  return new Map(
    fresh.map(({ hash }) => [
      hash,
      Uint8Array.from(joint.places.get(hash) ?? [], (cell) => (cell < 0 ? 0 : (shown[cell] ?? 0))),
    ]),
  );
}

function atomFigures({ joint, atoms }: JointFigures) {
  const { keys, value, persons } = countsOf(atoms, 0);
  const of = (figures: Float64Array): Float64Array => {
    const own = new Float64Array(joint.atoms.size);
    figures.forEach((figure, i) => {
      own[joint.axes.reduce((at, { classes }, a) => at * classes.length + (keys[a]?.[i] ?? 0), 0)] = figure;
    });
    return own;
  };
  return { records: of(value), persons: of(persons) };
}

/** Whether the records of each cell, count by count, are those of its atoms. */
function isMadeOf(
  records: Float64Array,
  { views }: JointSystem,
  { hash }: LinkedTable,
  raw: RawTable | undefined,
): boolean {
  const own = views.get(hash);
  if (own === undefined || raw === undefined || raw.atoms === null) return false;
  const sums = new Map<string, number>();
  const add = (cell: number, signature: number, figure: number) => {
    const name = `${cell} ${signature}`;
    sums.set(name, (sums.get(name) ?? 0) + figure);
  };
  const { keys, signature } = raw.atoms;
  raw.atoms.records.forEach((figure, i) => {
    add(own.grid.indexOf(keys, i), signature[i] ?? 0, figure);
  });
  records.forEach((figure, atom) => {
    if (own.signature[atom] !== 0) add(own.base[atom] ?? -1, own.signature[atom] ?? 0, -figure);
  });
  return [...sums.values()].every((left) => left === 0);
}

function* fixedCells({ places }: JointSystem, fixed: ReadonlyMap<Sha256, Uint8Array>): Generator<number> {
  for (const [hash, pattern] of fixed)
    for (const [at, cell] of (places.get(hash) ?? new Int32Array()).entries())
      if (pattern[at] === 1 && cell >= 0) yield cell;
}

/** Distinct persons of the cells that tables show; no bound for all others. */
function distinctPersons(
  { system, places, views }: JointSystem,
  tables: readonly LinkedTable[],
  raw: JointFigures['raw'],
): Float64Array {
  const persons = new Float64Array(system.cells).fill(Number.POSITIVE_INFINITY);
  for (const { hash, source } of tables) {
    const [own, figures, grid] = [places.get(hash), raw.get(hash), views.get(hash)?.grid];
    if (own === undefined || figures === undefined || grid === undefined) continue;
    countsIn(source).forEach(({ place }, count) => {
      const counted = countsOf(figures, place);
      const distinct = new Float64Array(grid.size);
      counted.persons.forEach((figure, i) => {
        distinct[grid.indexOf(counted.keys, i)] = figure;
      });
      distinct.forEach((figure, cell) => {
        const node = own[count * grid.size + cell] ?? -1;
        if (node >= 0) persons[node] = Math.min(persons[node] ?? 0, figure);
      });
    });
  }
  return persons;
}
