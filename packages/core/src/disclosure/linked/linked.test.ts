/** Linked tables under attack: rational rank, exact programmes, contributors who know themselves, and a pattern that is known to fail. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { wideEnough } from '../suppression.ts';
import { interval, rank } from '../testing/linear-program.ts';
import { hasVectors, readVector, vectorNames } from '../testing/privacy-vectors.case.ts';
import { exposedByBlocks } from './block-audit.ts';
import { shownOfLinked } from './linked-suppression.ts';
import { systemOf } from './linked-system.ts';
import { protectLinked } from './protect-linked.ts';
import {
  cellSums,
  coarsening,
  equationsOf,
  flat,
  type Hierarchy,
  type TableLattice,
  tableLattice,
} from './table-lattice.ts';

/** 0/1 rows over the atoms, by cell. */
function rowsOf(lattice: TableLattice): number[][] {
  return lattice.shapes.flatMap((shape, s) => {
    const first = lattice.offsets[s] ?? 0;
    const map = coarsening(lattice.hierarchies, lattice.finest, shape);
    const size = (lattice.offsets[s + 1] ?? lattice.cells) - first;
    return Array.from({ length: size }, (_, cell) => Array.from(map, (own) => (own === cell ? 1 : 0)));
  });
}

const region: Hierarchy = [
  { size: 1, parents: [0] },
  { size: 2, parents: [0, 0] },
  { size: 4, parents: [0, 1, 1, 0] },
];
const settings = fc.constantFrom(
  {
    hierarchies: [flat(3), flat(4)],
    tables: [
      [1, 1],
      [0, 1],
      [1, 0],
      [0, 0],
    ],
  },
  {
    hierarchies: [region, flat(3)],
    tables: [
      [2, 1],
      [1, 1],
      [0, 0],
      [2, 0],
    ],
  },
  {
    hierarchies: [flat(2), flat(2), flat(3)],
    tables: [
      [1, 1, 0],
      [1, 0, 1],
      [0, 1, 1],
    ],
  },
  {
    hierarchies: [region, flat(2), flat(2)],
    tables: [
      [2, 1, 0],
      [1, 0, 1],
      [0, 1, 1],
    ],
  },
  {
    hierarchies: [flat(3), flat(3)],
    tables: [
      [1, 0],
      [0, 1],
    ],
  },
);
const figuresOf = fc.array(fc.oneof(fc.nat(3), fc.nat(30), fc.constant(1)), { minLength: 24, maxLength: 24 });
const cases = fc
  .record({ setting: settings, figures: figuresOf, k: fc.constantFrom(3, 5) })
  .map(({ setting, figures, k }) => {
    const lattice = tableLattice(setting.hierarchies, setting.tables);
    const atoms = Float64Array.from({ length: lattice.atoms }, (_, i) => figures[i] ?? 0);
    return { lattice, atoms, k };
  });

describe('the cells of linked tables', () => {
  test('are tied by sums that say all there is to say: as many free cells as the rank of their rows', () => {
    fc.assert(
      fc.property(settings, ({ hierarchies, tables }) => {
        const lattice = tableLattice(hierarchies, tables);
        const sums = equationsOf(lattice).map(({ total, parts }) =>
          Array.from({ length: lattice.cells }, (_, cell) => (cell === total ? -1 : parts.includes(cell) ? 1 : 0)),
        );
        expect(lattice.cells - rank(sums)).toBe(rank(rowsOf(lattice)));
      }),
    );
  });

  test('have figures that meet every sum', () => {
    fc.assert(
      fc.property(cases, ({ lattice, atoms }) => {
        const figures = cellSums(lattice, atoms);
        for (const { total, parts } of equationsOf(lattice))
          expect(parts.reduce((sum, part) => sum + (figures[part] ?? 0), 0)).toBe(figures[total]);
      }),
    );
  });

  test('refuse levels that are not nested or not there', () => {
    expect(() => tableLattice([flat(2)], [[2]])).toThrow(RangeError);
    expect(() =>
      tableLattice(
        [
          [
            { size: 1, parents: [0] },
            { size: 2, parents: [0, 1] },
          ],
        ],
        [[1]],
      ),
    ).toThrow(RangeError);
  });
});

describe('elimination over linked tables', () => {
  test('shows no target, nor one to the person alone in another, and hides nothing without need', () => {
    fc.assert(
      fc.property(cases, ({ lattice, atoms, k }) => {
        const persons = cellSums(lattice, atoms);
        const cells = [...persons.keys()];
        const targets = cells.filter((cell) => (persons[cell] ?? 0) < k);
        const candidates = cells
          .filter((cell) => (persons[cell] ?? 0) >= k)
          .sort((a, b) => (persons[b] ?? 0) - (persons[a] ?? 0) || a - b);
        const singletons = new Set(targets.filter((cell) => persons[cell] === 1));
        const equations = equationsOf(lattice);
        const shown = shownOfLinked({ cells: lattice.cells, equations, candidates, targets, singletons, known: [] });
        const rows = rowsOf(lattice);
        const isGiven = (cell: number, by: number[][]) => rank([...by, rows[cell] ?? []]) === rank(by);
        const isSafe = (by: number[][]) =>
          targets.every((target) => {
            const others = [...singletons].filter((other) => rows[other]?.join() !== rows[target]?.join());
            return [[], ...others.map((other) => [rows[other] ?? []])].every(
              (known) => !isGiven(target, [...by, ...known]) || isGiven(target, known),
            );
          });
        const known: number[][] = [];
        for (const cell of candidates) {
          const next = [...known, rows[cell] ?? []];
          expect(shown[cell] === 1).toBe(isSafe(next));
          if (shown[cell] === 1) known.push(rows[cell] ?? []);
        }
        for (const target of targets) expect(shown[target]).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('takes what everybody knows to be empty as known', () => {
    const lattice = tableLattice(
      [flat(2), flat(2)],
      [
        [0, 1],
        [1, 1],
      ],
    );
    const persons = cellSums(lattice, [0, 9, 3, 8]);
    const open = [...persons.keys()];
    const [first = -1] = open.filter((cell) => persons[cell] === 0);
    const asked = {
      cells: lattice.cells,
      equations: equationsOf(lattice),
      targets: open.filter((cell) => persons[cell] === 3),
    };
    const candidates = open.filter((cell) => (persons[cell] ?? 0) > 3);
    const shown = (known: number[]) => shownOfLinked({ ...asked, candidates, singletons: new Set(), known });
    expect(candidates.every((cell) => shown([])[cell] === 1)).toBe(true);
    expect(shown([first])[first]).toBe(1);
    expect(candidates.map((cell) => shown([first])[cell])).toEqual([1, 1, 1]);
  });
});

describe('linked tables after audit and repair', () => {
  test('leave every hidden figure an interval k wide, by exact programmes over the atoms (A8)', () => {
    fc.assert(
      fc.property(cases, ({ lattice, atoms, k }) => {
        const { shown } = protectLinked({ lattice, atoms, isKnownAtom: new Uint8Array(lattice.atoms), minCellSize: k });
        const persons = cellSums(lattice, atoms);
        const rows = rowsOf(lattice);
        const cells = [...persons.keys()].filter((cell) => shown[cell] === 1);
        for (const cell of cells) expect(persons[cell]).toBeGreaterThanOrEqual(k);
        const equations = cells.map((cell) => rows[cell] ?? []);
        const isWide = wideEnough(k);
        for (const [cell, value] of persons.entries()) {
          if (value >= k) continue;
          const [lower, upper] = interval(
            equations,
            cells.map((other) => persons[other] ?? 0),
            rows[cell] ?? [],
          );
          expect(isWide(value, lower - 1e-6, upper + 1e-6)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('are the same whenever they are asked for, and whole where everything is large', () => {
    fc.assert(
      fc.property(cases, ({ lattice, atoms, k }) => {
        const ask = (figures: Float64Array) =>
          protectLinked({ lattice, atoms: figures, isKnownAtom: new Uint8Array(lattice.atoms), minCellSize: k }).shown;
        expect(ask(atoms.slice())).toEqual(ask(atoms));
        const shown = ask(atoms.map((figure) => figure + k));
        lattice.isAsked.forEach((asked, s) => {
          const cells = shown.subarray(lattice.offsets[s], lattice.offsets[s + 1]);
          if (asked) expect(cells.every((cell) => cell === 1)).toBe(true);
        });
      }),
      { numRuns: 30 },
    );
  });
});

const Vector = z.object({
  params: z.object({ maxN: z.int() }),
  inner: z.array(z.record(z.string(), z.union([z.string(), z.number()]))),
  cells: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
});
const dimensions: Record<string, { by: string[]; figure: string }> = {
  singleton_3x5: { by: ['var1', 'var2'], figure: 'f' },
  mun_accidents: { by: ['mun', 'inj'], figure: 'freq' },
  synthetic_icd: { by: ['icd', 'sex', 'age'], figure: 'n' },
};

/** A flat reference table with all of its margins, and which of its cells the reference shows. */
function tableOf(name: string) {
  const { inner, cells, params } = Vector.parse(readVector(`suppression/${name}`));
  const { by, figure } = Object.entries(dimensions).find(([start]) => name.startsWith(start))?.[1] ?? {
    by: [],
    figure: '',
  };
  const codes = by.map((column) => [...new Set(inner.map((row) => String(row[column])))]);
  const shapes = by.reduce<number[][]>(
    (all, _) =>
      all.flatMap((shape) => [
        [...shape, 0],
        [...shape, 1],
      ]),
    [[]],
  );
  const lattice = tableLattice(
    codes.map(({ length }) => flat(length)),
    shapes,
  );
  const atoms = new Float64Array(lattice.atoms);
  for (const row of inner) {
    const place = by.reduce(
      (at, column, d) => at * (codes[d]?.length ?? 0) + (codes[d]?.indexOf(String(row[column])) ?? -1),
      0,
    );
    atoms[place] = (atoms[place] ?? 0) + Number(row[figure]);
  }
  const shown = new Uint8Array(lattice.cells);
  for (const cell of cells) {
    const shape = by.map((column) => (cell[column] === 'Total' ? 0 : 1));
    const s = lattice.shapes.findIndex((own) => own.join() === shape.join());
    const place = by.reduce(
      (at, column, d) =>
        shape[d] === 0 ? at : at * (codes[d]?.length ?? 0) + (codes[d] ?? []).indexOf(String(cell[column])),
      0,
    );
    shown[(lattice.offsets[s] ?? 0) + place] = cell.suppressed === true ? 0 : 1;
  }
  return {
    lattice,
    atoms,
    shown,
    k: params.maxN + 1,
    suppressed: cells.filter(({ suppressed }) => suppressed === true),
  };
}

const flatVectors = vectorNames('suppression').filter((name) =>
  Object.keys(dimensions).some((start) => name.startsWith(start)),
);

describe.skipIf(!hasVectors)('the reference tables', () => {
  test('that were left without singleton handling are caught: each hidden figure follows exactly', () => {
    const { lattice, atoms, shown, suppressed } = tableOf('singleton_3x5_none.json');
    const targets = [...shown.keys()].filter((cell) => shown[cell] === 0);
    expect(targets).toHaveLength(suppressed.length);
    expect(suppressed).toHaveLength(6);
    const audit = { system: systemOf(lattice), atoms, isKnownAtom: new Uint8Array(lattice.atoms), shown, targets };
    expect(exposedByBlocks({ ...audit, isWide: (_, lower, upper) => upper - lower > 1e-3 })).toEqual(targets);
  });

  test.each(flatVectors)('%s: the audit finds the same intervals', (name) => {
    const { lattice, atoms, shown, suppressed } = tableOf(name);
    const targets = [...shown.keys()].filter((cell) => shown[cell] === 0);
    const widths: number[] = [];
    for (const target of targets) {
      let width = 0;
      const isWide = (_: number, lower: number, upper: number) => {
        width = Math.max(width, upper - lower - 2e-6);
        return false;
      };
      exposedByBlocks({
        ...{ system: systemOf(lattice), atoms, isKnownAtom: new Uint8Array(lattice.atoms) },
        ...{ shown, targets: [target], isWide },
      });
      widths.push(Math.round(width * 1e3) / 1e3);
    }
    const theirs = suppressed.map(
      ({ attack_lo, attack_up }) => Math.round((Number(attack_up) - Number(attack_lo)) * 1e3) / 1e3,
    );
    expect(widths.sort((a, b) => a - b)).toEqual(theirs.sort((a, b) => a - b));
  });

  test.each(flatVectors)('%s: ours passes the audit', (name) => {
    const { lattice, atoms, k } = tableOf(name);
    const isKnownAtom = new Uint8Array(lattice.atoms);
    const { shown } = protectLinked({ lattice, atoms, isKnownAtom, minCellSize: k });
    const persons = cellSums(lattice, atoms);
    const targets = [...persons.keys()].filter((cell) => (persons[cell] ?? 0) < k);
    expect(shown.some((cell) => cell === 1)).toBe(true);
    expect(
      exposedByBlocks({ system: systemOf(lattice), atoms, isKnownAtom, shown, targets, isWide: wideEnough(k) }),
    ).toEqual([]);
  });
});
