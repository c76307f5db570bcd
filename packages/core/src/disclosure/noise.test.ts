/** The law of the noise, and what it depends on. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chiSquareUpperTail } from '../statistics/index.ts';
import { NOISE_BOUND, NOISE_VARIANCE, noiseLaw, noiseOf, noiseOfWord } from './noise.ts';

const key = new Uint8Array(32).fill(1);
const identity = (name: string) => `sha256:${createHash('sha256').update(name).digest('hex')}` as const;

describe('the law of the noise', () => {
  test('has mean 0, variance 3 and bound 5, and falls off on both sides alike', () => {
    const moment = (power: number) =>
      noiseLaw.reduce((sum, { value, probability }) => sum + probability * value ** power, 0);
    expect(moment(0)).toBeCloseTo(1, 12);
    expect(moment(1)).toBeCloseTo(0, 12);
    expect(moment(2)).toBeCloseTo(NOISE_VARIANCE, 9);
    expect(noiseLaw.map(({ value }) => value)).toEqual([-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5]);
    noiseLaw.forEach(({ probability }, i) => {
      expect(probability).toBeCloseTo(noiseLaw.at(-1 - i)?.probability ?? 0, 12);
      if (i > 0 && i <= NOISE_BOUND) expect(probability).toBeGreaterThan(noiseLaw[i - 1]?.probability ?? 1);
    });
  });

  test('has more entropy than any other law with this variance: log p is a parabola', () => {
    const logs = noiseLaw.map(({ probability }) => Math.log(probability));
    const second = logs.slice(2).map((log, i) => log - 2 * (logs[i + 1] ?? 0) + (logs[i] ?? 0));
    for (const difference of second) expect(difference).toBeCloseTo(second[0] ?? 0, 9);
  });

  test('fits 100,000 draws (chi-square, A20)', () => {
    const draws = 100_000;
    const seen = new Map<number, number>();
    for (let i = 0; i < draws; i++) {
      const value = noiseOf(key, identity('a rate'), (i * 2_654_435_761) % 2 ** 32);
      seen.set(value, (seen.get(value) ?? 0) + 1);
    }
    const statistic = noiseLaw.reduce((sum, { value, probability }) => {
      const expected = draws * probability;
      return sum + ((seen.get(value) ?? 0) - expected) ** 2 / expected;
    }, 0);
    expect(seen.size).toBe(noiseLaw.length);
    expect(chiSquareUpperTail({ x: statistic, df: noiseLaw.length - 1 })).toBeGreaterThan(0.001);
  });

  test('covers every word, and only values within the bound', () => {
    expect([noiseOfWord(0), noiseOfWord(2 ** 31), noiseOfWord(2 ** 32 - 1)]).toEqual([-5, 0, 5]);
    fc.assert(fc.property(fc.nat(2 ** 32 - 1), (word) => Math.abs(noiseOfWord(word)) <= NOISE_BOUND));
  });
});

describe('the noise of a weighted sum', () => {
  test('is the same for the same records, whatever was drawn before', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), (sum) => {
        const first = noiseOf(key, identity('a rate'), sum);
        noiseOf(key, identity('another'), sum);
        return noiseOf(Uint8Array.from(key), identity('a rate'), sum) === first;
      }),
    );
  });

  test('of one standard tells nothing about that of another over the same records, nor of another holder', () => {
    const pairs = Array.from({ length: 20_000 }, (_, sum) => [
      noiseOf(key, identity('a'), sum),
      noiseOf(key, identity('b'), sum),
      noiseOf(new Uint8Array(32).fill(2), identity('a'), sum),
    ]);
    const covariance = (i: number, j: number) =>
      pairs.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), 0) / pairs.length;
    // Standard error of the mean product of two independent draws: 3 / sqrt(20,000).
    for (const [i, j] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      expect(Math.abs(covariance(i, j))).toBeLessThan(5 * 0.0212);
    expect(covariance(0, 0)).toBeGreaterThan(2.8);
  });
});
