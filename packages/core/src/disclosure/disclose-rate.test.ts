/** Standardised rates: the few digits that leave, what they stand on, and that asking again gains nothing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { directRate } from '../statistics/index.ts';
import { NOISE_BOUND } from './noise.ts';
import { type Asked, digitsOf, eventsOf, ratesOf, strataInput, typical, weights } from './testing/rates.ts';

describe('a released rate', () => {
  test('lies within the bound of the noise around the exact one, with limits around it and a class of events', () => {
    const [shown] = ratesOf({ records: eventsOf(typical) });
    const exact = directRate({ strata: strataInput(typical), per: 100_000 });
    expect(shown).toMatchObject({ status: 'value', events: '100-199' });
    expect(Math.abs((shown?.rate ?? 0) - exact.rate)).toBeLessThanOrEqual(
      (NOISE_BOUND * exact.variance) / exact.rate + 0.1,
    );
    expect(shown?.lower).toBeLessThan(shown?.rate ?? 0);
    expect(shown?.upper).toBeGreaterThan(shown?.rate ?? 0);
    // Nearly the limits that the exact figures would have, though they are made without them.
    expect((shown?.upper ?? 0) / exact.upper).toBeCloseTo(1, 0);
  });

  test('is unbiased over keys', () => {
    const exact = directRate({ strata: strataInput(typical), per: 100_000 });
    const keys = Array.from({ length: 400 }, (_, i) =>
      new Uint8Array(32).fill(i % 256).fill(Math.floor(i / 256), 0, 1),
    );
    const mean =
      keys.reduce((sum, key) => sum + (ratesOf({ records: eventsOf(typical), key })[0]?.rate ?? 0), 0) / keys.length;
    const sd = (Math.sqrt(3) * exact.variance) / exact.rate;
    expect(Math.abs(mean - exact.rate)).toBeLessThan((4 * sd) / Math.sqrt(keys.length));
  });

  test('has four digits, its limits two, whatever the events', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { minLength: 14, maxLength: 14 }), (counts) => {
        for (const { rate: value, lower, upper, status } of ratesOf({ records: eventsOf(counts) })) {
          if (status === 'withheld') continue;
          expect(digitsOf(value)).toBeLessThanOrEqual(4);
          expect(Math.max(digitsOf(lower), digitsOf(upper))).toBeLessThanOrEqual(2);
          expect(lower).toBeLessThanOrEqual(value);
          expect(upper).toBeGreaterThanOrEqual(value);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('has limits and a status that follow from itself and public figures: equal rates, equal limits', () => {
    const seen = new Map<number, string>();
    let repeated = 0;
    for (let i = 0; i < 600; i++) {
      const counts = typical.map((count, j) => (j >= 10 ? 3 + ((i * (j + 1)) % 5) : Math.min(count, 2)));
      const [shown] = ratesOf({ records: eventsOf(counts), key: new Uint8Array(32).fill(i % 256) });
      if (shown === undefined || shown.status === 'withheld') continue;
      const told = JSON.stringify([shown.lower, shown.upper, shown.status]);
      if (seen.has(shown.rate)) repeated++;
      expect(seen.get(shown.rate) ?? told).toBe(told);
      seen.set(shown.rate, told);
    }
    expect(repeated).toBeGreaterThan(5);
  });

  test('says that it is unreliable when its interval is wide', () => {
    const few = [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 3, 4, 3];
    const [shown] = ratesOf({ records: eventsOf(few) });
    expect(shown?.status).toBe('unreliable');
    expect((shown?.upper ?? 0) - (shown?.lower ?? 0)).toBeGreaterThan(shown?.rate ?? 0);
  });

  test('counts only strata that the standard gives weight', () => {
    const truncated = weights.map((weight, i) => (i >= 8 ? weight : 0));
    const [shown] = ratesOf({ records: eventsOf(typical), basis: { weights: truncated } });
    const [without] = ratesOf({
      records: eventsOf(typical.map((count, i) => (i >= 8 ? count : 0))),
      basis: { weights: truncated },
    });
    expect(shown).toEqual(without);
    expect(shown?.status).toBe('value');
  });
});

describe('asking again (A1, A2)', () => {
  const asked = {
    records: [
      ...eventsOf(typical),
      ...eventsOf(
        typical.map((count) => count + 2),
        1,
        50_000,
      ),
    ],
    margins: true,
  };

  test('gives the same answer 200 times', () => {
    const answers = new Set(Array.from({ length: 200 }, () => JSON.stringify(ratesOf(asked))));
    expect(answers.size).toBe(1);
  });

  test('gives the same answer for records in another order', () => {
    expect(ratesOf({ ...asked, records: asked.records.toReversed() })).toEqual(ratesOf(asked));
  });

  test('with a filter that finds the same records draws no second noise', () => {
    const padded = [{ variable: 'diagnosis', atoms: ['C33', 'C34'] }];
    expect(ratesOf({ ...asked, measure: { where: padded } })).toEqual(ratesOf(asked));
  });

  test('with another multiplier draws no second noise', () => {
    const [coarse] = ratesOf({ ...asked, measure: { per: 1000 } });
    const [fine] = ratesOf(asked);
    expect((coarse?.rate ?? 0) * 100).toBeCloseTo(fine?.rate ?? 0, 9);
  });

  test('with another standard, another key or other records draws anew', () => {
    const noise = (change: Partial<Asked>) => ratesOf({ ...asked, ...change })[0]?.rate;
    const keys = Array.from({ length: 20 }, (_, i) => new Uint8Array(32).fill(i));
    expect(new Set(keys.map((key) => noise({ key }))).size).toBeGreaterThan(3);
    // The same weights under another name, so that only the noise can differ.
    expect(
      new Set(keys.map((key) => noise({ key, measure: { standard: 'Other-14' } }) === noise({ key }))).has(false),
    ).toBe(true);
  });
});
