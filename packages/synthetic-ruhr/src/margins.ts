/** City figures: annual means by sex and age from the real stocks, scaled to the wanted size of the region. */
import { codeLists } from '@revier/schema';
import { largestRemainder } from './largest-remainder.ts';
import { type CityCode, cityCodes, type Sex, stocks, stockYears } from './stocks.ts';

export const years = [2016, 2017, 2018, 2019, 2020] as const;
export type Year = (typeof years)[number];

export const sexes: readonly Sex[] = ['F', 'M'];

/** The 14 groups of the level `band14`, youngest first. */
export const bands: readonly string[] = codeLists.age.codes
  .filter((entry) => entry.level === 'band14')
  .map((entry) => entry.code);

/** One figure of a city. */
export interface Margin {
  readonly city: CityCode;
  readonly sex: Sex;
  /** Place in `bands`. */
  readonly band: number;
  readonly persons: number;
}

/** Mean of the stocks at the end of the year before and of the year; a half goes to the even neighbour, so halves do not pile up. */
export function annualMean(city: CityCode, sex: Sex, year: Year, band: number): number {
  const place = stockYears.indexOf(year);
  const series = stocks[city][sex];
  const sum = (series[place - 1]?.[band] ?? 0) + (series[place]?.[band] ?? 0);
  const floor = Math.floor(sum / 2);
  return sum % 2 === 1 && floor % 2 === 1 ? floor + 1 : floor;
}

/** All real figures of a year: cities, then sexes, then bands. */
export function realMargins(year: Year): readonly Margin[] {
  return cityCodes.flatMap((city) =>
    sexes.flatMap((sex) => bands.map((_, band) => ({ city, sex, band, persons: annualMean(city, sex, year, band) }))),
  );
}

const total = (margins: readonly Margin[]) => margins.reduce((sum, margin) => sum + margin.persons, 0);

/** Figures of a year for a region that has `persons` inhabitants in 2020; null keeps the real figures. */
export function marginsOf(year: Year, persons: number | null): readonly Margin[] {
  const real = realMargins(year);
  if (persons === null) return real;
  const scaled = Math.round((total(real) * persons) / total(realMargins(2020)));
  const parts = largestRemainder(
    scaled,
    real.map((margin) => margin.persons),
  );
  return real.map((margin, index) => ({ ...margin, persons: parts[index] ?? 0 }));
}
