/** Part g: withholding over linked tables, cost against size: which figures are shown by elimination, and the audit of their intervals. */
import { cellSums, equationsOf, flat, protectLinked, shownOfLinked, tableLattice } from '@revier/core';
import type { Bench, Row } from '../row.ts';

/** Codes by dimension; every table over some of them is asked for, totals included. */
const sizes: readonly (readonly number[])[] = [
  [30, 10, 2],
  [150, 10, 2],
  [16, 18, 2, 20],
  [41, 18, 2, 20],
];
/** Persons of an atom of mean weight: most cells below k, and few. */
const MEANS = [5, 100] as const;
const K = 5;
/** Beyond this many cells the audit is not run here: it takes minutes. */
const AUDITED = 1100;

export async function measureDisclosure({ quick, say }: Bench): Promise<Row[]> {
  const tables = (quick ? sizes.slice(0, 2) : sizes).flatMap((codes) => MEANS.map((mean) => ({ codes, mean })));
  return tables.flatMap(({ codes, mean }) => {
    const { lattice, atoms } = inventedTables(codes, mean);
    say(`g  ${lattice.cells.toLocaleString('en')} cells in linked tables, ${mean} persons each`);
    const persons = cellSums(lattice, atoms);
    const cells = [...persons.keys()];
    const targets = cells.filter((cell) => (persons[cell] ?? 0) < K);
    const candidates = cells
      .filter((cell) => (persons[cell] ?? 0) >= K)
      .sort((a, b) => (persons[b] ?? 0) - (persons[a] ?? 0) || a - b);
    const singletons = new Set(targets.filter((cell) => persons[cell] === 1));
    const row = (what: string, value: number, aim: number, shown: Uint8Array): Row => ({
      part: 'g',
      what: `${what}, ${lattice.cells.toLocaleString('en')} cells, ${mean === MEANS[0] ? 'sparse' : 'dense'}`,
      value,
      unit: 's',
      aim,
      note: `${targets.length.toLocaleString('en')} below ${K}, ${shown.reduce((sum, own) => sum + own, 0).toLocaleString('en')} shown`,
    });
    const elimination = timed(() =>
      shownOfLinked({
        cells: lattice.cells,
        equations: equationsOf(lattice),
        candidates,
        targets,
        singletons,
        known: [],
      }),
    );
    const rows = [row('elimination', elimination.seconds, 30, elimination.result)];
    if (lattice.cells > AUDITED) return rows;
    const isKnownAtom = new Uint8Array(lattice.atoms);
    const audited = timed(() => protectLinked({ lattice, atoms, isKnownAtom, minCellSize: K }).shown);
    return [...rows, row('elimination, audit and repair', audited.seconds, 60, audited.result)];
  });
}

function timed<T>(run: () => T): { readonly seconds: number; readonly result: T } {
  const begun = performance.now();
  const result = run();
  return { seconds: (performance.now() - begun) / 1000, result };
}

/** Uneven counts, as those of registers are. */
function inventedTables(codes: readonly number[], persons: number) {
  const shapes = codes.reduce<number[][]>(
    (all) =>
      all.flatMap((shape) => [
        [...shape, 0],
        [...shape, 1],
      ]),
    [[]],
  );
  const lattice = tableLattice(codes.map(flat), shapes);
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const weights = codes.map((size) => Array.from({ length: size }, () => 0.1 + next() ** 3 * 4));
  const atoms = Float64Array.from({ length: lattice.atoms }, (_, atom) => {
    let [rest, mean] = [atom, persons];
    for (const own of weights.toReversed()) {
      mean *= own[rest % own.length] ?? 0;
      rest = Math.floor(rest / own.length);
    }
    return Math.floor(mean * 2 * next());
  });
  return { lattice, atoms };
}
