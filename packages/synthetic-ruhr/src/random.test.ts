/** The dice are fair, repeatable and independent of each other; shares add up. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestRemainder } from './largest-remainder.ts';
import { opaqueId, personPool } from './persons.ts';
import { streamOf } from './random.ts';

const draws = (n: number, draw: () => number) => Array.from({ length: n }, draw);
const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;

describe('a stream', () => {
  it('repeats itself for the same seed and labels, and only for them', () => {
    const start = (seed: number, ...labels: string[]) => {
      const { uniform } = streamOf(seed, ...labels);
      return draws(4, uniform).join();
    };
    expect(start(1, 'a', 'b')).toBe(start(1, 'a', 'b'));
    const others = [start(1, 'a', 'b'), start(2, 'a', 'b'), start(1, 'b', 'a'), start(1, 'ab'), start(1, 'a,b')];
    expect(new Set(others).size).toBe(others.length);
  });

  it.each([0.01, 0.7, 4, 30, 400])('draws Poisson counts whose mean and variance are %d', (rate) => {
    const n = 20_000;
    const { poisson } = streamOf(1, 'poisson', String(rate));
    const counts = draws(n, () => poisson(rate));
    const average = mean(counts);
    const variance = mean(counts.map((count) => (count - average) ** 2));
    expect(Math.abs(average - rate)).toBeLessThan(5 * Math.sqrt(rate / n));
    // Variance of the sample variance of Poisson counts: (mean + 2 mean^2) / n.
    expect(Math.abs(variance - rate)).toBeLessThan(5 * Math.sqrt((rate + 2 * rate ** 2) / n));
  });

  it('draws no Poisson count for a mean of 0, and refuses means that it cannot serve', () => {
    const { poisson } = streamOf(1, 'edges');
    expect(draws(100, () => poisson(0)).every((count) => count === 0)).toBe(true);
    for (const bad of [-1, 501, Number.NaN]) expect(() => poisson(bad)).toThrow(RangeError);
  });

  it('picks outcomes in proportion and never one without a share', () => {
    const { pick } = streamOf(1, 'pick');
    const picked = Array.from({ length: 10_000 }, () => pick({ never: 0, a: 3, b: 1, nor: 0 }));
    expect(picked).not.toContain('never');
    expect(picked).not.toContain('nor');
    expect(Math.abs(picked.filter((name) => name === 'a').length - 7500)).toBeLessThan(5 * Math.sqrt(7500 / 4));
    expect(() => pick({ none: 0 })).toThrow(RangeError);
  });

  it('stays below n and reaches every number', () => {
    const { below } = streamOf(1, 'below');
    expect([...new Set(draws(500, () => below(5)))].sort()).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('the largest remainder', () => {
  it('adds up exactly and keeps every part within one of its quota', () => {
    const weights = fc
      .array(fc.nat({ max: 10_000 }), { minLength: 1, maxLength: 60 })
      .filter((of) => of.some((weight) => weight > 0));
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), weights, (total, of) => {
        const parts = largestRemainder(total, of);
        const sum = of.reduce((left, right) => left + right, 0);
        expect(parts.reduce((left, right) => left + right, 0)).toBe(total);
        for (const [index, weight] of of.entries()) {
          const quota = (total * weight) / sum;
          expect(Math.abs((parts[index] ?? Number.NaN) - quota)).toBeLessThan(1 + 1e-9);
        }
      }),
    );
  });

  it('refuses what cannot be split', () => {
    expect(() => largestRemainder(1.5, [1])).toThrow(RangeError);
    expect(() => largestRemainder(1, [0, 0])).toThrow(RangeError);
    expect(() => largestRemainder(1, [2, -1])).toThrow(RangeError);
    expect(() => largestRemainder(1, [])).toThrow(RangeError);
  });
});

describe('persons', () => {
  it('have numbers that never meet, whatever the place and count', () => {
    const place = fc.nat({ max: 4095 });
    const count = fc.nat({ max: 2 ** 20 - 1 });
    fc.assert(
      fc.property(place, count, place, count, (a, m, b, n) => {
        expect(opaqueId('P', a, m) === opaqueId('P', b, n)).toBe(a === b && m === n);
      }),
    );
    expect(() => opaqueId('P', 0, 2 ** 20)).toThrow(RangeError);
    expect(() => opaqueId('P', 4096, 0)).toThrow(RangeError);
  });

  it('come again only with the same sex and year of birth, and only where that fits', () => {
    let made = 0;
    const pool = personPool(streamOf(1, 'pool'), () => String(made++));
    const visit = { sex: 'F', year: 2016, age: 60 };
    const always = () => true;
    expect(pool.assign(visit, 1, always)).toBe('0');
    expect(pool.assign({ sex: 'F', year: 2018, age: 62 }, 1, always)).toBe('0');
    expect(pool.assign({ sex: 'F', year: 2018, age: 60 }, 1, always)).toBe('1');
    expect(pool.assign({ sex: 'M', year: 2018, age: 62 }, 1, always)).toBe('2');
    expect(pool.assign({ sex: 'F', year: 2018, age: 62 }, 1, () => false)).toBe('3');
    expect(pool.assign({ sex: 'F', year: 2018, age: 62 }, 0, always)).toBe('4');
  });
});
