/** Direct standardisation: federated equals pooled, order does not matter, edges are refused or answered honestly. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crudeRate } from './crude-rate.ts';
import { type DirectInterval, directRate, type RateStratum } from './direct-rate.ts';
import { feuerLimits } from './feuer-limits.ts';
import { type Counts, mergeCounts, NO_COUNTS } from './partial.ts';

const intervals: readonly DirectInterval[] = ['normal', 'fay-feuer', 'tiwari', 'dobson', 'dobson-byar'];
const someInterval = fc.constantFrom(...intervals);

const stratum = fc.record({
  events: fc.integer({ min: 0, max: 5000 }),
  population: fc.integer({ min: 1, max: 1_000_000 }),
  weight: fc.integer({ min: 1, max: 10_000 }),
});
const strata = fc.array(stratum, { minLength: 1, maxLength: 18 });

/** A stratum's events and population as three nodes hold them, and the order in which their partials arrive. */
const threeNodes = fc.record({
  weight: fc.integer({ min: 1, max: 10_000 }),
  nodes: fc.array(fc.record({ events: fc.nat(2000), population: fc.integer({ min: 1, max: 400_000 }) }), {
    minLength: 3,
    maxLength: 3,
  }),
  arrival: fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
});

const asPartial = (value: number): Counts => ({ n: 1, sum: value, sumOfSquares: value * value });
const merged = (values: readonly number[]) => values.map(asPartial).reduce(mergeCounts, NO_COUNTS).sum;

describe('a directly standardised rate', () => {
  it('of three nodes, merged in any order, equals the pooled one to the last bit', () => {
    fc.assert(
      fc.property(fc.array(threeNodes, { minLength: 1, maxLength: 18 }), someInterval, (parts, interval) => {
        const federated = parts.map(({ weight, nodes, arrival }) => ({
          events: merged(arrival.map((at) => nodes[at]?.events ?? Number.NaN)),
          population: merged(arrival.map((at) => nodes[at]?.population ?? Number.NaN)),
          weight,
        }));
        const pooled = parts.map(({ weight, nodes }) => ({
          events: nodes.reduce((sum, node) => sum + node.events, 0),
          population: nodes.reduce((sum, node) => sum + node.population, 0),
          weight,
        }));
        const answer = directRate({ strata: federated, per: 100_000, interval });
        expect(answer).toStrictEqual(directRate({ strata: pooled, per: 100_000, interval }));
      }),
    );
  });

  it('does not depend on the order of its strata, to the last bit', () => {
    const shuffled = strata.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, someInterval, ([all, other], interval) => {
        const answer = directRate({ strata: other, per: 100_000, interval });
        expect(answer).toStrictEqual(directRate({ strata: all, per: 100_000, interval }));
      }),
    );
  });

  it('lies within its limits, which widen with the level and never fall below zero', () => {
    fc.assert(
      fc.property(strata, someInterval, (all, interval) => {
        const usual = directRate({ strata: all, per: 100_000, interval });
        const wide = directRate({ strata: all, per: 100_000, interval, level: 0.99 });
        expect(usual.lower).toBeGreaterThanOrEqual(0);
        expect(usual.lower).toBeLessThanOrEqual(usual.rate);
        expect(usual.upper).toBeGreaterThan(usual.rate);
        expect(wide.lower).toBeLessThanOrEqual(usual.lower);
        expect(wide.upper).toBeGreaterThan(usual.upper);
      }),
    );
  });

  it('takes weights in any unit', () => {
    fc.assert(
      fc.property(strata, (all) => {
        const scaled = all.map((one) => ({ ...one, weight: one.weight * 1024 }));
        // A power of two changes no bit of a quotient.
        expect(directRate({ strata: scaled, per: 1 })).toStrictEqual(directRate({ strata: all, per: 1 }));
      }),
    );
  });

  it('of one stratum is the crude rate, with exact limits by Fay and Feuer', () => {
    fc.assert(
      fc.property(stratum, (only) => {
        const direct = directRate({ strata: [only], per: 1000 });
        const crude = crudeRate({ events: only.events, population: only.population, per: 1000 });
        expect(direct.rate).toBeCloseTo(crude.rate, 9);
        expect(Math.abs(direct.lower - crude.lower)).toBeLessThanOrEqual(1e-11 * crude.upper);
        expect(Math.abs(direct.upper - crude.upper)).toBeLessThanOrEqual(1e-11 * crude.upper);
      }),
    );
  });

  it('weighted like its own population is the crude rate', () => {
    fc.assert(
      fc.property(strata, (all) => {
        const own = all.map((one) => ({ ...one, weight: one.population }));
        const events = all.reduce((sum, one) => sum + one.events, 0);
        const population = all.reduce((sum, one) => sum + one.population, 0);
        const crude = crudeRate({ events, population, per: 1 }).rate;
        expect(Math.abs(directRate({ strata: own, per: 1 }).rate - crude)).toBeLessThanOrEqual(1e-13 * crude);
      }),
    );
  });

  it('scales with its unit', () => {
    fc.assert(
      fc.property(strata, someInterval, (all, interval) => {
        const one = directRate({ strata: all, per: 1, interval });
        const many = directRate({ strata: all, per: 100_000, interval });
        for (const part of ['rate', 'lower', 'upper', 'maxWeight'] as const) {
          expect(Math.abs(many[part] - 1e5 * one[part])).toBeLessThanOrEqual(1e-9 * many[part]);
        }
        expect(Math.abs(many.variance - 1e10 * one.variance)).toBeLessThanOrEqual(1e-9 * many.variance);
      }),
    );
  });
});

describe('a directly standardised rate at its edges', () => {
  const empty: readonly RateStratum[] = [
    { events: 0, population: 1000, weight: 1 },
    { events: 0, population: 4000, weight: 1 },
  ];

  it('without events ends at K chi2(0.975; 2)/2, whatever limits would have no width', () => {
    const greatest = 0.5 / 1000;
    for (const interval of ['normal', 'fay-feuer', 'dobson', 'dobson-byar'] as const) {
      const { rate, lower, upper, variance } = directRate({ strata: empty, per: 1, interval });
      expect([rate, lower, variance]).toEqual([0, 0, 0]);
      expect(upper).toBeCloseTo(greatest * -Math.log(0.025), 15);
    }
  });

  it('leaves out strata without weight, also from the count of events', () => {
    const within = [{ events: 9, population: 1000, weight: 2 }];
    const beyond = [...within, { events: 50, population: 0, weight: 0 }];
    for (const interval of intervals) {
      expect(directRate({ strata: beyond, per: 1, interval })).toStrictEqual(
        directRate({ strata: within, per: 1, interval }),
      );
    }
  });

  it('refuses a weighted stratum without population, which would hide its weight', () => {
    expect(() => directRate({ strata: [...empty, { events: 0, population: 0, weight: 1 }], per: 1 })).toThrow(
      RangeError,
    );
  });

  it('refuses no strata, no weight, and weights or events that are none', () => {
    const bad: readonly (readonly RateStratum[])[] = [
      [],
      [{ events: 1, population: 10, weight: 0 }],
      [{ events: 1, population: 10, weight: -1 }],
      [{ events: 1, population: 10, weight: Number.NaN }],
      [{ events: 1.5, population: 10, weight: 1 }],
      [{ events: -1, population: 10, weight: 1 }],
      [{ events: 1, population: Number.POSITIVE_INFINITY, weight: 1 }],
    ];
    for (const strata of bad) expect(() => directRate({ strata, per: 1 })).toThrow(RangeError);
    expect(() => directRate({ strata: empty, per: -1 })).toThrow(RangeError);
    expect(() => directRate({ strata: empty, per: 1, level: 1 })).toThrow(RangeError);
  });
});

describe('the Fay-Feuer limits from public values', () => {
  it('are those of the direct rate whose rate, variance and weight they are given', () => {
    fc.assert(
      fc.property(strata, (all) => {
        const { rate, variance, maxWeight, lower, upper } = directRate({ strata: all, per: 100_000 });
        expect(feuerLimits({ rate, variance, maxWeight })).toStrictEqual({ lower, upper });
      }),
    );
  });

  it('widen with the variance that noise adds', () => {
    const quiet = feuerLimits({ rate: 10, variance: 0.5, maxWeight: 0.1 });
    const noisy = feuerLimits({ rate: 10, variance: 0.9, maxWeight: 0.1 });
    expect(noisy.lower).toBeLessThan(quiet.lower);
    expect(noisy.upper).toBeGreaterThan(quiet.upper);
  });

  it('stand for a rate of zero with a modelled variance', () => {
    const { lower, upper } = feuerLimits({ rate: 0, variance: 0.01, maxWeight: 0.1 });
    expect(lower).toBe(0);
    expect(upper).toBeGreaterThan(0.1 * -Math.log(0.025));
  });

  it('refuse a certain rate, a weightless event and negative values', () => {
    expect(() => feuerLimits({ rate: 1, variance: 0, maxWeight: 0.1 })).toThrow(RangeError);
    expect(() => feuerLimits({ rate: 1, variance: 1, maxWeight: 0 })).toThrow(RangeError);
    expect(() => feuerLimits({ rate: -1, variance: 1, maxWeight: 1 })).toThrow(RangeError);
    expect(() => feuerLimits({ rate: 1, variance: Number.NaN, maxWeight: 1 })).toThrow(RangeError);
  });
});
