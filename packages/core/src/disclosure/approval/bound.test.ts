/** The bound over any partitions against dense linear algebra: symmetries and Kronecker products must change nothing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dense } from '../testing/dense-variance.ts';
import { leastVarianceOf, type Product, prepare, type Target } from './least-variance.ts';
import type { Blocks, FigureSystem, View } from './partitions.ts';
import { type Symmetry, symmetryOf } from './symmetry.ts';
import { targetsOf } from './targets.ts';

/** Blocks of any shape: crossing, with classes that belong to none, or nested as districts are in regions. */
const blocksOver = (classes: number): fc.Arbitrary<Blocks> =>
  fc
    .oneof(
      fc.array(fc.integer({ min: -1, max: 2 }), { minLength: classes, maxLength: classes }),
      fc.constantFrom(
        Array.from({ length: classes }, (_, code) => code),
        Array.from({ length: classes }, () => 0),
        Array.from({ length: classes }, (_, code) => code >> 1),
      ),
    )
    .map((blocks) => Int32Array.from(blocks));

const systems: fc.Arbitrary<FigureSystem> = fc
  .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 })
  .filter((classes) => classes.reduce((product, size) => product * size, 1) <= 40)
  .chain((classes) =>
    fc
      .array(fc.tuple(fc.tuple(...classes.map(blocksOver)), fc.integer({ min: 1, max: 3 })), {
        minLength: 1,
        maxLength: 4,
      })
      .map((grids) => ({
        figure: 'count',
        variables: classes.map((_, v) => `v${v}`),
        classes,
        views: grids.map(([blocks, draws]): View => ({ blocks, tables: new Set(), draws })),
      })),
  );

const product = (sets: readonly ArrayLike<number>[]): number[] =>
  sets.reduce<number[]>((all, set) => all.flatMap((value) => Array.from(set, (one) => value * one)), [1]);

/** One for each cell and draw. */
const rowsOf = ({ blocks, draws }: View): number[][] => {
  const masks = blocks.map((own) =>
    [...new Set(own)].filter((block) => block >= 0).map((block) => Array.from(own, (one) => (one === block ? 1 : 0))),
  );
  return masks
    .reduce<number[][][]>((all, own) => all.flatMap((chosen) => own.map((mask) => [...chosen, mask])), [[]])
    .flatMap((chosen) => Array.from({ length: draws }, () => product(chosen)));
};

const vectorOf = ({ all, without }: Target): number[] => {
  const less = without === null ? [] : product(without);
  return product(all).map((value, i) => value - (less[i] ?? 0));
};

const partitionsOf = ({ views }: FigureSystem, v: number): Blocks[] =>
  views.map(({ blocks }) => blocks[v] ?? new Int32Array());

const clever = (system: FigureSystem): Symmetry[] =>
  system.classes.map((size, v) => symmetryOf(size, partitionsOf(system, v)));

/** Nothing is like anything else. */
const blind = ({ classes }: FigureSystem): Symmetry[] =>
  classes.map((size) => {
    const all = Array.from({ length: size }, (_, code) => code);
    return {
      kindOf: (sets) => sets.map((set) => set.join('')).join(),
      orbits: () => ({ of: Int32Array.from(all), sizes: all.map(() => 1), first: all }),
    };
  });

const LIMIT = 4;

describe('the least variance of a set of atoms', () => {
  test('is that of the dense pseudo-inverse, whatever the partitions', () => {
    fc.assert(
      fc.property(systems, (system) => {
        const rows = system.views.flatMap(rowsOf);
        const symmetries = clever(system);
        for (const target of targetsOf(system, blind(system), 10_000).targets) {
          const exact = dense(rows, vectorOf(target)) ?? LIMIT;
          const ours = leastVarianceOf(target, prepare(target, symmetries), system.views, LIMIT);
          expect(ours).toBeCloseTo(Math.min(exact, LIMIT), 4);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('is found among one target of each kind', () => {
    fc.assert(
      fc.property(systems, (system) => {
        const leastOf = (symmetries: readonly Symmetry[]) =>
          Math.min(
            ...targetsOf(system, symmetries, 10_000).targets.map((target) =>
              leastVarianceOf(target, prepare(target, symmetries), system.views, LIMIT),
            ),
          );
        expect(leastOf(clever(system))).toBeCloseTo(leastOf(blind(system)), 5);
      }),
      { numRuns: 200 },
    );
  });

  test('does not fall for lack of what is told: fewer views never leave less', () => {
    fc.assert(
      fc.property(systems, (system) => {
        const fewer = { ...system, views: system.views.slice(1) };
        for (const target of targetsOf(fewer, clever(fewer), 10_000).targets) {
          const some = leastVarianceOf(target, prepare(target, blind(fewer)), fewer.views, LIMIT);
          const all = leastVarianceOf(target, prepare(target, blind(system)), system.views, LIMIT);
          expect(all).toBeLessThan(some + 1e-6);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('symmetry', () => {
  test('makes two kinds of 50,000 codes that only a total tells together', () => {
    const size = 50_000;
    const each = Int32Array.from({ length: size }, (_, code) => code);
    const symmetry = symmetryOf(size, [each, new Int32Array(size)]);
    const one = new Uint8Array(size);
    one[17] = 1;
    expect(symmetry.orbits([one]).sizes.toSorted((a, b) => a - b)).toEqual([1, size - 1]);
  });

  test('keeps districts of large and small regions apart', () => {
    const districts = Int32Array.from([0, 1, 2, 3, 4]);
    const regions = Int32Array.from([0, 0, 0, 1, 1]);
    const { kindOf } = symmetryOf(5, [districts, regions]);
    const at = (code: number): Product => [Uint8Array.from({ length: 5 }, (_, i) => (i === code ? 1 : 0))];
    expect(kindOf(at(0))).toBe(kindOf(at(2)));
    expect(kindOf(at(0))).not.toBe(kindOf(at(3)));
  });
});
