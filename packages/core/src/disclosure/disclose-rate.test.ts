/** Standardised rates under attack, and the few digits that leave. */
import { AppError, cellStatuses, eventClasses, ReleaseBody, standards, type Table } from '@revier/schema';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { directRate } from '../statistics/index.ts';
import { NO_EVENT_CLASS } from './columns.ts';
import { discloseLocal } from './disclose-local.ts';
import type { DisclosureInput, RateBasis } from './disclosure-input.ts';
import { NOISE_BOUND } from './noise.ts';
import { persons, strataOf, type TestRecord } from './testing/microdata.ts';

const noiseKey = new Uint8Array(32).fill(9);
const midAges = [5, 12.5, 17.5, 22.5, 27.5, 32.5, 37.5, 42.5, 47.5, 52.5, 57.5, 62.5, 70, 82.5];
const weights = standards.esp2013.weights.map(([, weight]) => weight);
const districts = [0, 1];

type Rate = Extract<Table['measures'][number], { kind: 'direct-rate' }>;
const rate: Rate = {
  kind: 'direct-rate',
  unit: 'persons',
  where: [{ variable: 'diagnosis', atoms: ['C34'] }],
  over: { variable: 'age', level: 'band14' },
  standard: 'ESP2013-14',
  per: 100_000,
  interval: 'fay-feuer',
  denominator: { model: 'population/1', sum: 'persons', where: [] },
};

interface Asked {
  readonly records: readonly TestRecord[];
  /** Persons by district and stratum. */
  readonly population?: readonly (readonly number[])[];
  readonly margins?: boolean;
  readonly measure?: Partial<Rate>;
  readonly basis?: Partial<RateBasis>;
  readonly repeatedAlong?: readonly number[];
  readonly key?: Uint8Array;
  readonly k?: number;
}

const evenPopulation = districts.map(() => weights.map(() => 8000));

function inputOf({
  records,
  population = evenPopulation,
  margins = false,
  measure = {},
  basis = {},
  repeatedAlong = [],
}: Asked): DisclosureInput {
  const entries = population.flatMap((row, district) => row.map((count, stratum) => ({ district, stratum, count })));
  return {
    table: {
      model: 'cancer-case/1',
      by: [{ variable: 'area', level: 'district' }],
      margins,
      coverage: [],
      measures: [{ ...rate, ...measure }],
    },
    tableHash: `sha256:${'b'.repeat(64)}`,
    domain: [districts],
    raw: { measures: [strataOf(records, 1, margins)], atoms: null },
    rates: new Map([
      [
        0,
        {
          population: {
            keys: [Uint32Array.from(entries, ({ district }) => district)],
            stratum: Uint32Array.from(entries, ({ stratum }) => stratum),
            persons: Float64Array.from(entries, ({ count }) => count),
            repeatedAlong,
          },
          weights,
          strataMidAges: midAges,
          ...basis,
        },
      ],
    ]),
  };
}

function ratesOf(asked: Asked) {
  const { body } = discloseLocal(inputOf(asked), { minCellSize: asked.k ?? 10 }, asked.key ?? noiseKey);
  const [columns] = ReleaseBody.parse(body).measures;
  if (columns?.kind !== 'direct-rate') throw new Error('expected a rate');
  return [...columns.status].map((status, cell) => ({
    status: cellStatuses[status],
    rate: columns.rate[cell] ?? 0,
    lower: columns.lower[cell] ?? 0,
    upper: columns.upper[cell] ?? 0,
    events: columns.events[cell] === NO_EVENT_CLASS ? null : eventClasses[columns.events[cell] ?? -1],
  }));
}

/** Events by stratum in the first district, one person each, with keys as a node would have them. */
const eventsOf = (counts: readonly number[], district = 0, first = 0): TestRecord[] =>
  counts.flatMap((count, stratum) =>
    persons(first + stratum * 1000, count, { codes: [district], signature: 1, stratum }).map((record) => ({
      ...record,
      recordKey: Math.imul(record.person + 1, 2_654_435_761) >>> 0,
    })),
  );

const typical = [0, 0, 0, 1, 0, 2, 3, 5, 8, 14, 20, 30, 60, 50];
const strataInput = (counts: readonly number[]) =>
  counts.map((events, i) => ({ events, population: 8000, weight: weights[i] ?? 0 }));
const digitsOf = (x: number) =>
  x
    .toExponential()
    .replace(/e.*|[.-]/g, '')
    .replace(/0+$/, '').length;
const withheld = { status: 'withheld', rate: Number.NaN, lower: Number.NaN, upper: Number.NaN, events: null };

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
