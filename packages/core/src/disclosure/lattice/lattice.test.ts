/** The bound on what lattices give away against dense linear algebra, and the verdicts that follow from it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  coarsening,
  flat,
  type Hierarchy,
  type Shape,
  type TableLattice,
  tableLattice,
} from '../linked/table-lattice.ts';
import { dense } from '../testing/dense-variance.ts';
import { hasVectors, readVector } from '../testing/privacy-vectors.case.ts';
import { leastVariance } from './lattice-bound.ts';
import { checkLattice } from './safe-lattice.ts';

const rowsOfShape = (lattice: TableLattice, shape: Shape): number[][] => {
  const map = coarsening(lattice.hierarchies, lattice.finest, shape);
  return Array.from({ length: Math.max(...map) + 1 }, (_, cell) => Array.from(map, (own) => (own === cell ? 1 : 0)));
};

const even: Hierarchy = [
  { size: 1, parents: [0] },
  { size: 2, parents: [0, 0] },
  { size: 4, parents: [0, 0, 1, 1] },
];
const uneven: Hierarchy = [
  { size: 1, parents: [0] },
  { size: 3, parents: [0, 0, 0] },
  { size: 5, parents: [0, 1, 1, 2, 1] },
];
const lattices = fc
  .array(fc.constantFrom(flat(2), flat(3), even, uneven), { minLength: 1, maxLength: 3 })
  .filter((hierarchies) => hierarchies.reduce((product, hierarchy) => product * (hierarchy.at(-1)?.size ?? 1), 1) <= 40)
  .chain((hierarchies) => {
    const shape = fc.tuple(...hierarchies.map(({ length }) => fc.nat(length - 1)));
    return fc.record({
      hierarchies: fc.constant(hierarchies),
      tables: fc.array(shape, { minLength: 1, maxLength: 6 }),
      target: shape,
    });
  });

describe('the least variance of a cell', () => {
  test('is that of the dense pseudo-inverse, for even and uneven hierarchies', () => {
    fc.assert(
      fc.property(lattices, ({ hierarchies, tables, target }) => {
        const lattice = tableLattice(hierarchies, tables);
        if (target.some((level, d) => level > (lattice.finest[d] ?? 0))) return;
        const asked = lattice.shapes.filter((_, s) => lattice.isAsked[s] === true);
        const rows = asked.flatMap((shape) => rowsOfShape(lattice, shape));
        const found = rowsOfShape(lattice, target).flatMap((cell) => dense(rows, cell) ?? []);
        const ours = leastVariance(lattice, target, 2);
        if (found.length === 0) expect(ours).toBeNull();
        else expect(ours).toBeCloseTo(2 * Math.min(...found), 5);
      }),
      { numRuns: 300 },
    );
  });

  test('never grows when another table is released', () => {
    fc.assert(
      fc.property(lattices, ({ hierarchies, tables, target }) => {
        const all = tableLattice(hierarchies, [...tables, target]);
        const fewer = tableLattice(hierarchies, [target]);
        expect(leastVariance(all, target, 1) ?? 2).toBeLessThan((leastVariance(fewer, target, 1) ?? 0) + 1e-9);
      }),
    );
  });

  test('of 17,640 atoms in all 32 margins is found at once', () => {
    const hierarchies = [flat(49), flat(18), flat(2), flat(5), flat(2)];
    const shapes = hierarchies.reduce<number[][]>(
      (all) =>
        all.flatMap((shape) => [
          [...shape, 0],
          [...shape, 1],
        ]),
      [[]],
    );
    const lattice = tableLattice(hierarchies, shapes);
    expect(lattice.atoms).toBe(17_640);
    const begun = performance.now();
    expect(leastVariance(lattice, [1, 1, 1, 1, 1], 3)).toBeGreaterThan(0);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

describe.skipIf(!hasVectors)('the reference', () => {
  test('of a 2x2x2 grid agrees on every target', () => {
    const { results } = z
      .object({
        results: z.array(z.object({ target: z.string(), V: z.number(), min_unbiased_variance: z.number().nullable() })),
      })
      .parse(readVector('suppression/variance_guard_2x2x2.json'));
    const hierarchies = [flat(2), flat(2), flat(2)];
    const all = hierarchies.reduce<number[][]>(
      (shapes) =>
        shapes.flatMap((shape) => [
          [...shape, 0],
          [...shape, 1],
        ]),
      [[]],
    );
    expect(results).toHaveLength(6);
    for (const { target, V, min_unbiased_variance } of results) {
      const tables = target.includes('3-way') ? all : all.filter((shape) => shape.includes(0));
      const shape = ['a=', 'b=', 'c='].map((part) => (target.includes(part) ? 1 : 0));
      const found = leastVariance(tableLattice(hierarchies, tables), shape, V);
      if (min_unbiased_variance === null) expect(found).toBeNull();
      else expect(found).toBeCloseTo(min_unbiased_variance, 9);
    }
  });
});

describe('the check at approval', () => {
  const cube = [flat(2), flat(2), flat(2)];
  const all = cube.reduce<number[][]>(
    (shapes) =>
      shapes.flatMap((shape) => [
        [...shape, 0],
        [...shape, 1],
      ]),
    [[]],
  );

  test('grants one table alone', () => {
    expect(checkLattice({ hierarchies: cube, tables: [[1, 1, 1]], granted: [], variance: 3 })).toEqual({
      isSafe: true,
      leastVariance: 3,
      required: 1.5,
      leaveOut: [],
    });
  });

  test('refuses all margins of a cube, and names a smallest set to leave out', () => {
    const verdict = checkLattice({ hierarchies: cube, tables: all, granted: [], variance: 2 });
    expect(verdict).toMatchObject({ isSafe: false, required: 1 });
    expect(verdict.leastVariance).toBeCloseTo(0.5925925925925924, 9);
    const out = verdict.leaveOut ?? [];
    expect(out.length).toBeGreaterThan(0);
    const rest = (left: readonly Shape[]) =>
      checkLattice({
        hierarchies: cube,
        tables: all.filter((shape) => !left.includes(shape)),
        granted: [],
        variance: 2,
      });
    expect(rest(out).isSafe).toBe(true);
    for (const shape of out) expect(rest(out.filter((other) => other !== shape)).isSafe).toBe(false);
  });

  test('counts what other agreements were granted, and says so when nothing can be left out (A9, A24)', () => {
    const margins = all.filter((shape) => shape.includes(0));
    const small = [[1, 1, 0]];
    const asked = { hierarchies: cube, tables: [[1, 1, 1]], variance: 2 };
    expect(checkLattice({ ...asked, granted: [] }).isSafe).toBe(true);
    const verdict = checkLattice({ ...asked, granted: margins, small });
    expect(verdict.isSafe).toBe(false);
    expect(verdict.leaveOut).toBeNull();
  });
});
