/** Rates in mode L under attack: what is withheld, colluding denominators, and inputs that protect nothing. */
import { AppError } from '@revier/schema';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { discloseLocal } from './disclose-local.ts';
import { persons } from './testing/microdata.ts';
import {
  districts,
  evenPopulation,
  eventsOf,
  inputOf,
  noiseKey,
  ratesOf,
  typical,
  weights,
  withheld,
} from './testing/rates.ts';

describe('what is withheld', () => {
  test('has one face: nobody, one person, too few, too uneven (A11)', () => {
    const cases = [
      [],
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2],
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 90],
    ];
    for (const counts of cases) expect(ratesOf({ records: eventsOf(counts) })).toEqual([withheld, withheld]);
  });

  test('is a rate of k events by fewer than k persons', () => {
    const one = persons(0, 1, { codes: [0], signature: 1 });
    const records = [9, 10, 11, 12].flatMap((stratum) =>
      one.flatMap((record) => Array.from({ length: 5 }, () => ({ ...record, stratum }))),
    );
    expect(ratesOf({ records })[0]).toEqual(withheld);
  });

  test('is a rate about fewer than k persons, though k is reached when they are counted anew in every stratum', () => {
    const eventsIn = (strata: readonly number[], many: number) =>
      strata.flatMap((stratum) => persons(0, many, { codes: [0], signature: 1, stratum, recordKey: stratum + 1 }));
    expect(ratesOf({ records: eventsIn([9, 10, 11, 12], 9) })[0]).toEqual(withheld);
    expect(ratesOf({ records: eventsIn([9, 10, 11, 12], 10) })[0]?.status).not.toBe('withheld');
  });

  test('is a rate that reaches k persons only with those of strata without weight', () => {
    const truncated = { weights: weights.map((weight, i) => (i >= 9 ? weight : 0)) };
    const nine = [9, 10, 11, 12].flatMap((stratum) => persons(0, 9, { codes: [0], signature: 1, stratum }));
    const others = [2, 3].flatMap((stratum) => persons(500, 40, { codes: [0], signature: 1, stratum }));
    expect(ratesOf({ records: [...nine, ...others], basis: truncated })[0]).toEqual(withheld);
    const tenth = [9, 10, 11, 12].flatMap((stratum) => persons(9, 1, { codes: [0], signature: 1, stratum }));
    expect(ratesOf({ records: [...nine, ...tenth], basis: truncated })[0]?.status).not.toBe('withheld');
  });

  test('is every rate about fewer than k persons, however their events lie', () => {
    const some = fc.array(fc.tuple(fc.nat(11), fc.integer({ min: 7, max: 13 })), { minLength: 30, maxLength: 60 });
    fc.assert(
      fc.property(some, fc.integer({ min: 0, max: 9 }), (events, from) => {
        const truncated = { weights: weights.map((weight, i) => (i >= from ? weight : 0)) };
        const records = events.map(([person, stratum]) => ({ person, stratum, codes: [0], signature: 1 }));
        const counted = new Set(events.filter(([, stratum]) => stratum >= from).map(([person]) => person));
        if (counted.size < 10) expect(ratesOf({ records, basis: truncated })[0]).toEqual(withheld);
      }),
      { numRuns: 200 },
    );
  });

  test('is a rate whose events weigh so unevenly that they count for fewer than k', () => {
    const skewed = weights.map((_, i) => (i === 13 ? 4000 : 12_000));
    const counts = [0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 3, 3];
    expect(ratesOf({ records: eventsOf(counts), population: [skewed, skewed] })[0]).toEqual(withheld);
    expect(ratesOf({ records: eventsOf(counts) })[0]?.status).not.toBe('withheld');
  });

  test('is any rate of fewer than ten events, for there is no class to tell them by', () => {
    expect(ratesOf({ records: eventsOf([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 1, 2]), k: 5 })[0]).toEqual(withheld);
  });

  test('is a rate with more events than persons in a stratum, or with a population that cannot be one', () => {
    for (const n of [49, 0.5, 8000.5, 2e9, -5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const population = evenPopulation.map((row) => row.with(13, n));
      expect(ratesOf({ records: eventsOf(typical), population })[0]?.status).toBe('withheld');
    }
  });
});

describe('a population too small for its events', () => {
  test('hides the rate, though it is balanced and its events are many', () => {
    const tiny = districts.map(() => weights.map(() => 10));
    const events = (last: number) => eventsOf([0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4, 4, last]);
    expect(ratesOf({ records: events(10), population: tiny })[0]?.status).not.toBe('withheld');
    expect(ratesOf({ records: events(11), population: tiny })[0]).toEqual(withheld);
  });
});

describe('a colluding denominator (A23)', () => {
  test('of one person in a stratum hides the rate, whether or not there is an event in it', () => {
    for (let stratum = 0; stratum < 14; stratum++) {
      const population = evenPopulation.map((row) => row.with(stratum, 1));
      for (const events of [0, 1]) {
        const records = eventsOf(typical.with(stratum, events));
        expect(ratesOf({ records, population })[0]).toEqual(withheld);
      }
    }
  });

  test('of nobody in a stratum says not collected, whether or not there is an event in it', () => {
    const population = evenPopulation.map((row) => row.with(3, 0));
    const [without, other] = ratesOf({ records: eventsOf(typical.with(3, 0)), population });
    expect(without).toEqual({ ...withheld, status: 'notCollected' });
    expect(ratesOf({ records: eventsOf(typical), population })).toEqual([without, other]);
  });

  test('as small as is let through never makes an event outweigh the noise', () => {
    fc.assert(
      fc.property(fc.nat(13), fc.integer({ min: 1, max: 8000 }), (stratum, n) => {
        const population = evenPopulation.map((row) => row.with(stratum, n));
        const [shown] = ratesOf({ records: eventsOf(typical.with(stratum, 0)), population });
        if (shown?.status === 'withheld') return;
        const oneEvent = (100_000 * (weights[stratum] ?? 0)) / 100_000 / n;
        expect(oneEvent).toBeLessThanOrEqual((5 * 100_000) / (13 * 8000 + n) + 1e-9);
      }),
      { numRuns: 100 },
    );
  });
});

describe('populations as they travel', () => {
  test('of codes that the table does not show are left out', () => {
    const more = [...evenPopulation, weights.map(() => 1)];
    expect(ratesOf({ records: eventsOf(typical), population: more, margins: true })).toEqual(
      ratesOf({ records: eventsOf(typical), margins: true }),
    );
  });

  test('are summed for a total, but once only where the population does not know the dimension', () => {
    const records = [...eventsOf(typical), ...eventsOf(typical, 1, 50_000)];
    const total = (repeatedAlong: readonly number[]) =>
      ratesOf({ records, margins: true, repeatedAlong }).at(-1)?.rate ?? 0;
    expect(total([0]) / total([])).toBeCloseTo(2, 3);
  });
});

describe('a release in mode L', () => {
  test('is not made of sums, without denominators, without a whole key or without a threshold', () => {
    const input = inputOf({ records: [] });
    const refusal = (make: () => unknown) => {
      try {
        make();
      } catch (error) {
        if (error instanceof AppError) return error.code;
      }
      return null;
    };
    const sum = { ...input.table, measures: [{ kind: 'sum' as const, variable: 'persons', where: [] }] };
    expect(refusal(() => discloseLocal({ ...input, table: sum }, { minCellSize: 10 }, noiseKey))).toBe(
      'AGGREGATE_UNFIT',
    );
    expect(refusal(() => discloseLocal({ ...input, rates: new Map() }, { minCellSize: 10 }, noiseKey))).toBe(
      'INTERNAL',
    );
    expect(refusal(() => discloseLocal(input, { minCellSize: 10 }, new Uint8Array(31)))).toBe('INTERNAL');
    for (const k of [0, -1, 2.5, Number.NaN])
      expect(refusal(() => discloseLocal(input, { minCellSize: k }, noiseKey))).toBe('INTERNAL');
  });

  test('says its mode and threshold', () => {
    const release = discloseLocal(inputOf({ records: [] }), { minCellSize: 10 }, noiseKey);
    expect([release.mode, release.minCellSize]).toEqual(['L', 10]);
  });
});
