/** Population: the city figures spread over invented districts, younger where deprivation is high, exact in every margin of a city. */
import { dataModels } from '@revier/schema';
import { type Columns, columnsFor } from './columns.ts';
import type { District } from './districts.ts';
import { largestRemainder } from './largest-remainder.ts';
import { bands, marginsOf, sexes, type Year, years } from './margins.ts';
import type { CityCode, Sex } from './stocks.ts';

/** Persons of one district, year, sex and age group. */
export interface Cell {
  readonly district: District;
  readonly year: Year;
  readonly sex: Sex;
  /** Place in `bands`. */
  readonly band: number;
  readonly persons: number;
}

/** Middle of each age group in years; what "younger" and "older" mean below. */
const middles = [5, 12.5, 17.5, 22.5, 27.5, 32.5, 37.5, 42.5, 47.5, 52.5, 57.5, 62.5, 70, 82];

/** How much younger: at score 1 and age 82 there are about a fifth fewer than at score 0.5, at age 5 about a quarter more. */
const tilt = (score: number, band: number) => Math.exp(-0.5 * (score - 0.5) * (((middles[band] ?? 42) - 42) / 40));

/** All cells of the region: district, then year, sex and age group. `persons`: see `marginsOf`. */
export function populationCells(districts: readonly District[], persons: number | null): readonly Cell[] {
  const cells = years.flatMap((year) =>
    marginsOf(year, persons).flatMap((margin) => {
      const inside = districts.filter((district) => district.city === margin.city);
      const weights = inside.map((district) => district.weight * tilt(district.score, margin.band));
      const parts = largestRemainder(margin.persons, weights);
      return inside.map((district, index): Cell => {
        return { district, year, sex: margin.sex, band: margin.band, persons: parts[index] ?? 0 };
      });
    }),
  );
  return cells.sort(byPlace);
}

function byPlace(a: Cell, b: Cell): number {
  if (a.district.code !== b.district.code) return a.district.code < b.district.code ? -1 : 1;
  return a.year - b.year || sexes.indexOf(a.sex) - sexes.indexOf(b.sex) || a.band - b.band;
}

/** Rows of `population/1` for one city: annual means, ages as codes of the level `band14`. */
export function populationColumns(cells: readonly Cell[], city: CityCode): Columns {
  const { add, columns } = columnsFor(dataModels.population);
  for (const { district, year, sex, band, persons } of cells)
    if (district.city === city) {
      add({ area: district.code, year: String(year), sex, age: bands[band] ?? '', persons });
    }
  return columns;
}
