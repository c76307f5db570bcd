/** Weights from public figures, and the real populations that have to pass. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { standards } from '@revier/schema';
import { describe, expect, test } from 'vitest';
import { cellGrid } from './cell-grid.ts';
import { rateWeights } from './rate-weights.ts';

const whole = cellGrid([], false);

function weightsOf(
  weights: readonly number[],
  population: readonly number[],
  strataMidAges: readonly number[] | null = null,
) {
  const persons = Float64Array.from(population);
  const basis = {
    population: { keys: [], stratum: Uint32Array.from(population.keys()), persons },
    weights,
    strataMidAges,
  };
  return rateWeights(basis, 1000, whole)[0];
}

describe('the weights of a rate', () => {
  test('are the share of the standard over the persons, per the multiplier', () => {
    const weights = weightsOf([1, 3, 0], [100, 200, 0]);
    expect(weights).toMatchObject({
      ofEvent: new Map([
        [0, 2.5],
        [1, 3.75],
      ]),
      max: 3.75,
      // Equal incidence: events as persons, so (2.5^2 * 100 + 3.75^2 * 200) / (2.5 * 100 + 3.75 * 200).
      expected: 3.4375,
    });
  });

  test('expect most events in old age, where the strata are ages', () => {
    const young = weightsOf([1, 1], [100, 50], null);
    const old = weightsOf([1, 1], [100, 50], [20, 80]);
    expect(old).toMatchObject({ expected: expect.closeTo((5 * 1 + 10 * 4 ** 5) / (1 + 4 ** 5), 9) });
    expect(young).toMatchObject({ expected: 7.5 });
  });

  test('are not there without a population in every stratum of the standard', () => {
    expect(weightsOf([1, 1], [100])).toBe('notCollected');
    expect(weightsOf([1, 1], [100, 0])).toBe('notCollected');
    expect(weightsOf([], [])).toBe('notCollected');
    expect(weightsOf([0, 0], [1, 1])).toBe('notCollected');
  });

  test('are withheld where a stratum counts for more than five times its share of the population', () => {
    expect(weightsOf([1, 1], [900, 100])).toBeTypeOf('object');
    expect(weightsOf([1, 1], [901, 99])).toBe('withheld');
  });
});

const folder = process.env.REVIER_SHARED_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const districts = `${folder}/population/kreis_age_sex_nrw_2015_2020_collapsed14.csv`;

describe.skipIf(!existsSync(districts))('the districts of North Rhine-Westphalia', () => {
  test('pass under every registered standard, each sex and year', () => {
    const rows = readFileSync(districts, 'utf8').trim().split('\n').slice(1);
    const cells = Map.groupBy(rows, (row) => row.replace(/,[^,]*,[^,]*$/, ''));
    expect(cells.size).toBe(53 * 2 * 6);
    for (const cell of cells.values()) {
      const population = cell.toSorted().map((row) => Number(row.split(',').at(-1)));
      for (const { weights } of [standards.esp2013, standards.esp1976, standards.segi1960]) {
        expect(
          weightsOf(
            weights.map(([, weight]) => weight),
            population,
          ),
        ).toBeTypeOf('object');
      }
    }
  });
});
