/** The invented region as a whole: options in, areas, figures, records and truth out. */
import type { CodeList, Lookup } from '@revier/schema';
import { z } from 'zod';
import { cancerColumns } from './cancer.ts';
import type { Columns } from './columns.ts';
import { areaCodeList, deprivationLookup, quintileOf } from './deprivation.ts';
import { districtsOf } from './districts.ts';
import { populationCells, populationColumns } from './population.ts';
import { type Clinic, rehabColumns } from './rehab.ts';
import { schoolColumns } from './school.ts';
import type { CityCode } from './stocks.ts';
import { type Truth, truth } from './truth.ts';

export interface RuhrOptions {
  /** A whole number; 1 when absent. Another seed is another region with other districts, and the same truth. */
  readonly seed?: number;
  /** Inhabitants of the region in 2020, 10,000 .. 1,210,000; the real figures of the three cities when absent. */
  readonly persons?: number;
}

const Options = z.strictObject({
  seed: z.int().default(1),
  persons: z.int().min(10_000).max(1_210_000).nullable().default(null),
});

/** Everything is SYNTHETIC but the city figures of the population. Columns are made anew at each call, the same each time. */
export interface SyntheticRuhr {
  /** `area-ruhr-synthetic/1` with the levels district, city, region. */
  readonly areas: CodeList;
  /** District -> Q1 (least deprived) .. Q5; the same at every size of the region. */
  readonly deprivation: Lookup;
  /** District -> deprivation, 0 (least) .. 1 (most). */
  readonly scores: ReadonlyMap<string, number>;
  /** `population/1`: persons (annual mean) by district, year 2016 .. 2020, sex F and M, 14 age groups. */
  population(city: CityCode): Columns;
  /** `cancer-case/1`: residents of the three cities, diagnosed in 2016 .. 2020. */
  cancerCases(): Columns;
  /** `school-entry/1`: children examined in 2016 .. 2020; `mmrDoses` is U where no card was shown. */
  schoolEntry(city: CityCode): Columns;
  /** `rehab-episode/1`: discharged in 2016 .. 2020; clinics share no persons. */
  rehabEpisodes(clinic: Clinic): Columns;
  readonly truth: Truth;
}

/** Throws ZodError on options out of range. */
export function syntheticRuhr(options: RuhrOptions = {}): SyntheticRuhr {
  const { seed, persons } = Options.parse(options);
  const districts = districtsOf(seed);
  const fullSize = populationCells(districts, null);
  const cells = persons === null ? fullSize : populationCells(districts, persons);
  return {
    areas: areaCodeList(districts),
    deprivation: deprivationLookup(quintileOf(districts, fullSize)),
    scores: new Map(districts.map(({ code, score }) => [code, score])),
    population: (city) => populationColumns(cells, city),
    cancerCases: () => cancerColumns(seed, cells),
    schoolEntry: (city) => schoolColumns(seed, cells, city),
    rehabEpisodes: (clinic) => rehabColumns(seed, clinic),
    truth,
  };
}
