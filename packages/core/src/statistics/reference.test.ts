/** Agreement with R: rates of Danish testis cancer and mortality ratios of oral cancer in North Rhine-Westphalia. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { crudeRate } from './crude-rate.ts';
import { type DirectInterval, directRate, type RateStratum } from './direct-rate.ts';
import type { Interval } from './interval.ts';
import { poissonPValue } from './poisson-limits.ts';
import { standardisedRatio } from './standardised-ratio.ts';

const shared = process.env.REVIER_SHARED_DATA ?? join(import.meta.dirname, '../../../../../shared/data');
const reference = join(shared, 'reference');
const present = existsSync(reference);
if (!present) console.warn('Skipped: agreement with R. The reference data are absent; set REVIER_SHARED_DATA.');

const pair = z.tuple([z.number(), z.number()]);
const rateReference = z.object({
  cases: z.number(),
  person_years: z.number(),
  crude: z.number(),
  crude_exact: pair,
  dsr: z.number(),
  variance: z.number(),
  max_weight: z.number(),
  normal: pair,
  fay_feuer: pair,
  tiwari: pair,
  dobson_exact: z.union([pair, z.tuple([z.null(), z.null()])]),
  dobson_byar: z.union([pair, z.tuple([z.null(), z.null()])]),
});
const testisReference = z.object({
  by_standard: z.record(z.string(), rateReference),
  zero_cases_example: rateReference,
});
const ratioReference = z.object({
  o: z.number(),
  e: z.number(),
  smr: z.number(),
  exact: pair,
  byar: pair,
  p_two_sided_doubled: z.number(),
});
const oralReference = z.object({
  nrw_total: ratioReference,
  districts: z.array(ratioReference),
  edge_cases: z.record(z.string(), ratioReference),
});

const standards = ['esp2013', 'esp1976', 'segi_world1960', 'who_world2000_percent', 'who_world2000_seer_per_million'];

function readJson<T>(name: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(join(reference, name), 'utf8')));
}

/** The named columns of a CSV file as numbers. */
function readColumns(path: string, columns: readonly string[]): number[][] {
  const [header = '', ...lines] = readFileSync(join(shared, path), 'utf8').trim().replaceAll('"', '').split('\n');
  const names = header.split(',');
  return columns.map((column) => lines.map((line) => Number(line.split(',')[names.indexOf(column)])));
}

/** 18 age groups; a cell that is absent becomes NaN, which directRate refuses. */
function strataOf(standard: string): RateStratum[] {
  const [weights] = readColumns('standards/standard_populations_18groups.csv', [standard]);
  const [cases, personYears] = readColumns('reference/inputs/testisDK_1990_1994_18groups.csv', [
    'cases',
    'person_years',
  ]);
  return (weights ?? []).map((weight, at) => ({
    events: cases?.[at] ?? Number.NaN,
    population: personYears?.[at] ?? Number.NaN,
    weight,
  }));
}

function expectClose(actual: number, wanted: number, tolerance = 1e-10): void {
  expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(tolerance * Math.abs(wanted));
}

function expectLimits({ lower, upper }: Interval, [wantedLower, wantedUpper]: readonly [number, number]): void {
  expectClose(lower, wantedLower);
  expectClose(upper, wantedUpper);
}

describe.skipIf(!present)('direct rates agree with R to 1e-10', () => {
  const named: readonly [DirectInterval, 'normal' | 'fay_feuer' | 'tiwari' | 'dobson_exact' | 'dobson_byar'][] = [
    ['normal', 'normal'],
    ['fay-feuer', 'fay_feuer'],
    ['tiwari', 'tiwari'],
    ['dobson', 'dobson_exact'],
    ['dobson-byar', 'dobson_byar'],
  ];

  for (const standard of standards) {
    it(`by ${standard}, with every interval`, () => {
      const wanted = readJson('direct_standardisation_testisDK.json', testisReference).by_standard[standard];
      if (wanted === undefined) throw new Error('the reference lacks this standard');
      for (const [interval, column] of named) {
        const found = directRate({ strata: strataOf(standard), per: 1, interval });
        expectClose(found.rate, wanted.dsr);
        expectClose(found.variance, wanted.variance);
        expectClose(found.maxWeight, wanted.max_weight);
        expect(found.events).toBe(wanted.cases);
        const limits = wanted[column];
        if (limits[0] === null) throw new Error('the reference lacks these limits');
        expectLimits(found, [limits[0], limits[1]]);
      }
    });
  }

  it('per 100,000 as design and literature print them', () => {
    const { rate, lower, upper } = directRate({ strata: strataOf('esp2013'), per: 100_000 });
    expect([rate, lower, upper].map((value) => value.toFixed(4))).toEqual(['10.0731', '9.5381', '10.6538']);
  });

  it('without cases, by Fay-Feuer and by Tiwari', () => {
    const wanted = readJson('direct_standardisation_testisDK.json', testisReference).zero_cases_example;
    const strata = strataOf('esp2013').map((stratum) => ({ ...stratum, events: 0 }));
    expectLimits(directRate({ strata, per: 1, interval: 'fay-feuer' }), wanted.fay_feuer);
    expectLimits(directRate({ strata, per: 1, interval: 'tiwari' }), wanted.tiwari);
    const crude = crudeRate({ events: 0, population: wanted.person_years, per: 1 });
    expectLimits(crude, wanted.crude_exact);
  });

  it('crude, with exact limits', () => {
    const wanted = readJson('direct_standardisation_testisDK.json', testisReference).by_standard.esp2013;
    if (wanted === undefined) throw new Error('the reference lacks this standard');
    const crude = crudeRate({ events: wanted.cases, population: wanted.person_years, per: 1 });
    expectClose(crude.rate, wanted.crude);
    expectLimits(crude, wanted.crude_exact);
  });
});

describe.skipIf(!present)('standardised ratios agree with R to 1e-10, p-values to 1e-6', () => {
  it('in 54 districts, in their total and at the edges', () => {
    const oral = readJson('smr_oral_nrw.json', oralReference);
    const all = [oral.nrw_total, ...oral.districts, ...Object.values(oral.edge_cases)];
    expect(all).toHaveLength(59);
    for (const { o, e, smr, exact, byar, p_two_sided_doubled } of all) {
      const garwood = standardisedRatio({ observed: o, expected: e });
      expectClose(garwood.ratio, smr);
      expectLimits(garwood, exact);
      expectLimits(standardisedRatio({ observed: o, expected: e, interval: 'byar' }), byar);
      expectClose(poissonPValue(o, e), p_two_sided_doubled, 1e-6);
    }
  });
});
