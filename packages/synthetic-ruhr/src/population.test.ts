/** The city figures are the real ones; the districts add up to them exactly, at every size. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annualMean, bands, realMargins, sexes, years } from './margins.ts';
import { syntheticRuhr } from './ruhr.ts';
import { cityCodes, stocks, stockYears } from './stocks.ts';

const repository = resolve(import.meta.dirname, '../../..');
const shared = process.env.REVIER_SHARED_DATA ?? resolve(repository, '../shared/data');
const file = resolve(shared, 'population/kreis_age_sex_nrw_2015_2020_collapsed14.csv');

const numbers = (of: readonly unknown[] | undefined): number[] => (of ?? []).map(Number);
const sum = (of: readonly number[]) => of.reduce((left, right) => left + right, 0);

describe('the stocks', () => {
  it.skipIf(!existsSync(file))('equal the published table (skipped where the shared data are absent)', () => {
    const published = new Map<string, number>();
    for (const line of readFileSync(file, 'utf8').trim().split('\n').slice(1)) {
      const [, year, city, sex, band, persons] = /^(\d{4}),(\d{5}),.*,([FM]),([^,]+),(\d+)$/.exec(line) ?? [];
      published.set([city, sex, year, band].join(), Number(persons));
    }
    expect(published.size).toBe(53 * 2 * 6 * 14);
    for (const city of cityCodes)
      for (const sex of sexes)
        for (const [row, year] of stockYears.entries())
          for (const [column, band] of bands.entries())
            expect(stocks[city][sex][row]?.[column]).toBe(published.get([city, sex, year, band].join()));
  });

  it('are whole: three cities, both sexes, six years, fourteen groups', () => {
    const rows = cityCodes.flatMap((city) => sexes.flatMap((sex) => stocks[city][sex]));
    expect(rows).toHaveLength(3 * 2 * stockYears.length);
    expect(rows.every((row) => row.length === bands.length && row.every(Number.isSafeInteger))).toBe(true);
    expect(sum(cityCodes.flatMap((city) => sexes.flatMap((sex) => stocks[city][sex][5] ?? [])))).toBe(1_205_974);
  });
});

describe('annual means', () => {
  it('halve the sum of both year ends, a half going to the even neighbour', () => {
    // Essen, women, 0-9: 24376 and 25206; Bochum, women, 10-14: 6919 and 6905; 2018: 6869 and 6878.
    expect(annualMean('05113', 'F', 2016, 0)).toBe(24_791);
    expect(annualMean('05911', 'F', 2016, 1)).toBe(6912);
    expect(annualMean('05911', 'F', 2018, 1)).toBe(6874);
    // Bochum, women, 10-14, 2019: 6878 and 6787 make 6832.5.
    expect(annualMean('05911', 'F', 2019, 1)).toBe(6832);
  });
});

describe('districts at full size', () => {
  const ruhr = syntheticRuhr();

  it.each(cityCodes)('of %s add up to the real annual mean in every year, sex and age group', (city) => {
    const { area, year, sex, age, persons } = ruhr.population(city);
    const sums = new Map<string, number>();
    for (const [row, count] of numbers(persons).entries()) {
      const key = [year?.[row], sex?.[row], age?.[row]].join();
      sums.set(key, (sums.get(key) ?? 0) + count);
    }
    expect(new Set(area).size).toBe({ '05113': 50, '05513': 18, '05911': 30 }[city]);
    expect(sums.size).toBe(years.length * 2 * bands.length);
    for (const of of years)
      for (const margin of realMargins(of).filter((each) => each.city === city))
        expect(sums.get([of, margin.sex, bands[margin.band]].join())).toBe(margin.persons);
  });

  it('have one row a district, year, sex and age group, and 3,000 to 30,000 inhabitants', () => {
    const keys = new Set<string>();
    const sizes = new Map<string, number>();
    for (const { area, year, sex, age, persons } of cityCodes.map((city) => ruhr.population(city)))
      for (const [row, count] of numbers(persons).entries()) {
        keys.add([area?.[row], year?.[row], sex?.[row], age?.[row]].join());
        if (year?.[row] === '2020') sizes.set(String(area?.[row]), (sizes.get(String(area?.[row])) ?? 0) + count);
      }
    expect(keys.size).toBe(98 * years.length * 2 * bands.length);
    expect(Math.min(...sizes.values())).toBeGreaterThan(3000);
    expect(Math.max(...sizes.values())).toBeLessThan(30_000);
    expect(Math.max(...sizes.values()) / Math.min(...sizes.values())).toBeGreaterThan(4);
  });

  it('are younger where deprivation is high', () => {
    const oldShare = (wanted: (score: number) => boolean) => {
      const { area, age, persons } = ruhr.population('05113');
      const inside = numbers(persons).map((count, row) => {
        return wanted(ruhr.scores.get(String(area?.[row])) ?? Number.NaN) ? { count, age: age?.[row] } : undefined;
      });
      const all = inside.filter((cell) => cell !== undefined);
      return (
        sum(all.filter((cell) => cell.age === '75+').map((cell) => cell.count)) / sum(all.map((cell) => cell.count))
      );
    };
    expect(oldShare((score) => score > 0.6)).toBeLessThan(oldShare((score) => score < 0.4) - 0.01);
  });
});

describe('a smaller region', () => {
  it('has exactly the inhabitants asked for in 2020, and the shares of the cities', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 1_210_000 }), (persons) => {
        const ruhr = syntheticRuhr({ persons });
        const inhabitants = cityCodes.map((city) => {
          const { year, persons: counts } = ruhr.population(city);
          return sum(numbers(counts).filter((_, row) => year?.[row] === '2020'));
        });
        expect(sum(inhabitants)).toBe(persons);
        expect((inhabitants[0] ?? 0) / persons).toBeCloseTo(0.483, 2);
      }),
      { numRuns: 8 },
    );
  });
});
