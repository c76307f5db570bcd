/** Perturbation tables against those of CRAN ptable, and against the conditions of the greatest entropy. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { hasVectors, readVector, vectorNames } from '../testing/privacy-vectors.case.ts';
import { varianceOf } from './count-noise.ts';
import { makeNumericPtable, makePtable, type Ptable, type PtableParams, type PtableResult } from './ptable.ts';

const Params = z.object({
  D: z.int(),
  V: z.number(),
  js: z.int(),
  optim: z.literal([1, 4]).optional(),
  pstay: z.number().optional(),
  mono: z.boolean().optional(),
});
const Reference = z.object({
  params: Params.transform(
    ({ D, V, js, optim = 1, pstay = 0, mono = true }): PtableParams => ({ D, V, js, optim, pstay, mono }),
  ),
  feasible: z.boolean(),
  rows: z.array(z.object({ i: z.number(), v: z.number(), p: z.number(), p_int_ub: z.number() })).default([]),
});

function feasible(result: PtableResult): Ptable {
  if (!result.isFeasible) throw new Error(result.reason);
  return result.ptable;
}

const flat = ({ rows }: Ptable) =>
  rows.flatMap(({ count, law, intervals }) =>
    law.map(({ noise, probability }, place) => ({ count, noise, probability, upper: intervals[place]?.upper ?? -1 })),
  );

describe.skipIf(!hasVectors)('the reference tables', () => {
  test.each(vectorNames('ptable'))('%s: probabilities and intervals to 1e-6, or refused with the reason', (name) => {
    const { params, feasible: exists, rows } = Reference.parse(readVector(`ptable/${name}`));
    const result = makePtable(params);
    expect(result.isFeasible).toBe(exists);
    if (!result.isFeasible) {
      expect(result.reason).toMatch(/blocked, a count of 1 has a variance above 2, not/);
      return;
    }
    const ours = flat(result.ptable);
    expect(ours.map(({ count, noise }) => [count, noise])).toEqual(rows.map(({ i, v }) => [i, v]));
    rows.forEach(({ p, p_int_ub }, place) => {
      expect(Math.abs((ours[place]?.probability ?? -1) - p)).toBeLessThan(1e-6);
      expect(Math.abs((ours[place]?.upper ?? -1) - p_int_ub)).toBeLessThan(1e-6);
    });
  });

  test('the table for sums, in half steps', () => {
    const { ptable_D10_V3_step2: rows } = z
      .object({ ptable_D10_V3_step2: z.array(z.object({ i: z.number(), v: z.number(), p: z.number() })) })
      .parse(readVector('cellkey/magnitude_flex_topk1.json'));
    const ours = flat(feasible(makeNumericPtable({ D: 10, V: 3, step: 2, classes: [1, 5, 10], optim: 4 })));
    expect(ours.map(({ count, noise }) => [count, noise])).toEqual(rows.map(({ i, v }) => [i, v]));
    rows.forEach(({ p }, place) => {
      expect(Math.abs((ours[place]?.probability ?? -1) - p)).toBeLessThan(1e-6);
    });
  });
});

const params = fc
  .record({
    D: fc.integer({ min: 2, max: 9 }),
    V: fc.double({ min: 0.5, max: 6, noNaN: true }),
    js: fc.nat(3),
    mono: fc.boolean(),
    pstay: fc.constantFrom(0, 0, 0.3, 0.6),
  })
  .filter(({ D, js }) => js < D);

describe('a perturbation table', () => {
  test('is unbiased, within its variance and its bound, publishes no blocked count and never a negative one', () => {
    fc.assert(
      fc.property(params, (asked) => {
        const result = makePtable(asked);
        const blocked = Array.from({ length: asked.js }, (_, i) => (i + 1) * (asked.js - i));
        expect(result.isFeasible).toBe(blocked.every((least) => asked.V > least));
        if (!result.isFeasible) return;
        for (const { count, law, ...row } of result.ptable.rows) {
          const moment = (power: number) =>
            law.reduce((sum, { noise, probability }) => sum + probability * noise ** power, 0);
          expect(moment(0)).toBeCloseTo(1, 9);
          expect(moment(1)).toBeCloseTo(0, 7);
          expect(varianceOf({ count, law, ...row })).toBeLessThan(asked.V + 1e-6);
          for (const { noise, probability } of law) {
            expect(Math.abs(noise)).toBeLessThanOrEqual(asked.D);
            expect(count + noise === 0 || count + noise > asked.js).toBe(true);
            if (noise === 0 && count > 0) expect(probability).toBeGreaterThan(asked.pstay - 1e-6);
          }
          const left = law.filter(({ noise }) => noise <= 0);
          if (asked.mono && left.at(-1)?.noise === 0)
            left.forEach(({ probability }, i) => {
              expect(probability).toBeGreaterThan((left[i - 1]?.probability ?? 0) - 1e-9);
            });
        }
      }),
      { numRuns: 200 },
    );
  });

  test('has no neighbour of more entropy: any law with the same moments that mixes in has less', () => {
    const entropy = (law: readonly number[]) => -law.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);
    fc.assert(
      fc.property(params, params, fc.double({ min: 0.01, max: 1, noNaN: true }), (asked, other, share) => {
        const [best, rival] = [makePtable(asked), makePtable({ ...other, D: asked.D, js: asked.js })];
        if (!best.isFeasible || !rival.isFeasible) return;
        best.ptable.rows.forEach(({ law }, i) => {
          const theirs = rival.ptable.rows[i]?.law ?? [];
          const fits =
            theirs.reduce((sum, { noise, probability }) => sum + probability * noise ** 2, 0) <= asked.V &&
            (other.mono || !asked.mono) &&
            other.pstay >= asked.pstay;
          if (!fits) return;
          const mix = law.map(
            ({ probability }, j) => (1 - share) * probability + share * (theirs[j]?.probability ?? 0),
          );
          expect(entropy(mix)).toBeLessThan(entropy(law.map(({ probability }) => probability)) + 1e-9);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('with the exact variance has it in every row, or is refused', () => {
    const rows = feasible(makePtable({ D: 5, V: 2, js: 0, optim: 4 })).rows;
    for (const row of rows.slice(1)) expect(varianceOf(row)).toBeCloseTo(2, 9);
    expect(makePtable({ D: 2, V: 3.9, js: 0, optim: 4 })).toMatchObject({ isFeasible: false, row: 1 });
  });

  test.each([
    [{ D: 0, V: 1, js: 0 }],
    [{ D: 1.5, V: 1, js: 0 }],
    [{ D: 5, V: 0, js: 0 }],
    [{ D: 5, V: Number.NaN, js: 0 }],
    [{ D: 2, V: 9, js: 2 }],
    [{ D: 5, V: 1, js: 0, pstay: 1 }],
    [{ D: 51, V: 1, js: 0 }],
  ])('is refused for %j', (asked) => {
    expect(makePtable(asked).isFeasible).toBe(false);
  });
});
