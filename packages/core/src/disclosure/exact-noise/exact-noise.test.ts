/** Exact noise against seeded vectors, exact laws, and the accounting of others. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { chiSquareUpperTail } from '../../statistics/index.ts';
import { hasVectors, readVector, vectorNames, vectorText } from '../testing/privacy-vectors.case.ts';
import { turboShake128 } from '../testing/turbo-shake.ts';
import { scaleOfVariance, shareSampler } from './noise-share.ts';
import { discreteGaussian, discreteLaplace, type UniformBelow, uniformFrom } from './samplers.ts';
import { epsilonOf, epsilonSimple, microRho, rhoOfGaussian, rhoOfPure } from './zcdp.ts';

/** A stream that is the same in every run. */
function streamOf(seed: string): UniformBelow {
  let [block, at, counter] = [Buffer.alloc(0), 0, 0];
  return uniformFrom((length) => {
    while (block.length - at < length) {
      const next = Buffer.concat(
        Array.from({ length: 128 }, () => createHash('sha512').update(`${seed}|${counter++}`).digest()),
      );
      [block, at] = [Buffer.concat([block.subarray(at), next]), 0];
    }
    at += length;
    return new Uint8Array(block.subarray(at - length, at));
  });
}

/** Upper tail of the chi-square statistic, values of expected frequency below 5 taken together. */
function fit(draws: readonly bigint[], pmf: ReadonlyMap<number, number>): number {
  const seen = new Map<number, number>();
  for (const draw of draws) seen.set(Number(draw), (seen.get(Number(draw)) ?? 0) + 1);
  let [statistic, classes, restSeen, restShare] = [0, 0, draws.length, 1];
  for (const [value, share] of pmf) {
    const expected = draws.length * share;
    if (expected < 5) continue;
    statistic += ((seen.get(value) ?? 0) - expected) ** 2 / expected;
    classes++;
    restSeen -= seen.get(value) ?? 0;
    restShare -= share;
  }
  const rest = draws.length * restShare;
  if (rest >= 5) [statistic, classes] = [statistic + (restSeen - rest) ** 2 / rest, classes + 1];
  return chiSquareUpperTail({ x: statistic, df: classes - 1 });
}

const Pmf = z
  .record(z.string(), z.number())
  .transform((pmf) => new Map(Object.entries(pmf).map(([x, p]) => [Number(x), p])));
const thousandths = (x: number) => ({ num: BigInt(Math.round(x * 1000)), den: 1000n });

describe.skipIf(!hasVectors)('the reference', () => {
  test.each(vectorNames('dp').filter((name) => name.startsWith('discrete_gauss')))(
    '%s: every seeded sample agrees',
    (name) => {
      // Samples exceed what a JSON number holds.
      const text = vectorText(`dp/${name}`).replaceAll(/(?<=[\s[:])-?\d+(?=[\s,\]}])/g, '"$&"');
      const whole = z.string().transform(BigInt);
      const { samples, seed, std_num, std_denom } = z
        .object({ samples: z.array(whole), seed: z.string(), std_num: whole, std_denom: whole })
        .parse(JSON.parse(text));
      const stream = turboShake128(Uint8Array.from([0, 0, 0x20, ...Buffer.from(seed, 'hex')]), 1);
      const below = uniformFrom(stream);
      expect(samples.length).toBeGreaterThan(10);
      expect(samples.map(() => discreteGaussian({ num: std_num, den: std_denom }, below))).toEqual(samples);
    },
  );

  test('laws: 10,000 draws of each fit the exact probabilities (chi-square, A20)', () => {
    const laws = z
      .object({
        discrete_laplace: z.array(z.object({ scale: z.number(), pmf: Pmf })),
        discrete_gaussian: z.array(z.object({ sigma: z.number(), pmf: Pmf })),
      })
      .parse(readVector('dp/exact_pmf.json'));
    const draws = (seed: string, draw: (below: UniformBelow) => bigint) => {
      const below = streamOf(seed);
      return Array.from({ length: 10_000 }, () => draw(below));
    };
    for (const { scale, pmf } of laws.discrete_laplace)
      expect(
        fit(
          draws(`laplace ${scale}`, (below) => discreteLaplace(thousandths(scale), below)),
          pmf,
        ),
      ).toBeGreaterThan(0.001);
    for (const { sigma, pmf } of laws.discrete_gaussian)
      expect(
        fit(
          draws(`gauss ${sigma}`, (below) => discreteGaussian(thousandths(sigma), below)),
          pmf,
        ),
      ).toBeGreaterThan(0.001);
  });

  test('shares: each fits the law of a share, and four of them that of the sum', () => {
    const { b, m, share_pmf, sum_pmf } = z
      .object({ b: z.number(), m: z.int(), share_pmf: Pmf, sum_pmf: Pmf })
      .parse(readVector('dp/distributed_discrete_laplace_shares.json'));
    const [draw, below] = [shareSampler({ scale: b, members: m }), streamOf('shares')];
    const shares = Array.from({ length: 40_000 }, () => draw(below));
    expect(fit(shares, share_pmf)).toBeGreaterThan(0.001);
    const sums = Array.from({ length: 10_000 }, (_, i) =>
      shares.slice(4 * i, 4 * i + 4).reduce((sum, x) => sum + x, 0n),
    );
    expect(fit(sums, sum_pmf)).toBeGreaterThan(0.001);
  });

  test('conversions of rho to epsilon and delta agree', () => {
    const { rows } = z
      .object({
        rows: z.array(
          z.object({ rho: z.number(), delta: z.number(), eps_bun_steinke: z.number(), eps_cks20: z.number() }),
        ),
      })
      .parse(readVector('dp/zcdp_conversion.json'));
    for (const { rho, delta, eps_bun_steinke, eps_cks20 } of rows) {
      expect(epsilonSimple(rho, delta)).toBeCloseTo(eps_bun_steinke, 9);
      expect(epsilonOf(rho, delta)).toBeCloseTo(eps_cks20, 7);
    }
  });
});

describe('accounting', () => {
  test('reproduces the value that OpenDP tests', () => {
    expect(epsilonOf(1 / 32, 1e-3)).toBeCloseTo(0.6880024554878086, 9);
  });

  test('is never more lenient than the simple conversion, and charges no less than was spent', () => {
    const rho = fc.double({ min: 1e-6, max: 5, noNaN: true });
    fc.assert(
      fc.property(rho, fc.constantFrom(1e-3, 1e-6, 1e-9), (spent, delta) => {
        expect(epsilonOf(spent, delta)).toBeLessThanOrEqual(epsilonSimple(spent, delta) + 1e-12);
        expect(microRho(spent) / 1e6).toBeGreaterThanOrEqual(spent - 1e-12);
      }),
    );
    expect([rhoOfGaussian(1, 1), rhoOfPure(1), microRho(rhoOfPure(0.001))]).toEqual([0.5, 0.5, 1]);
    expect(() => epsilonOf(0, 0.1)).toThrow(RangeError);
  });
});

describe('shares of noise', () => {
  test('have the scale that the variance asks for, and are refused where there is none', () => {
    for (const variance of [0.5, 3, 50]) {
      const q = Math.exp(-1 / scaleOfVariance(variance));
      expect((2 * q) / (1 - q) ** 2).toBeCloseTo(variance, 9);
    }
    for (const params of [
      { scale: 0, members: 4 },
      { scale: 2, members: 0 },
      { scale: Number.NaN, members: 4 },
    ])
      expect(() => shareSampler(params)).toThrow(RangeError);
  });

  test('lie on both sides alike and come to an end for the words at either end', () => {
    const draw = shareSampler({ scale: 2, members: 4 });
    expect(draw(() => 0n)).toBe(0n);
    const ends = [(1n << 128n) - 1n, 0n];
    const [up, down] = [ends.values(), ends.toReversed().values()];
    const far = draw(() => up.next().value ?? 0n);
    expect(far).toBeGreaterThan(20n);
    expect(draw(() => down.next().value ?? 0n)).toBe(-far);
  });
});
