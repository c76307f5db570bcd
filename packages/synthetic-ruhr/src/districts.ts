/** Districts: 98 invented ones in three cities, each with a size and a deprivation score. */
import { type Stream, streamOf } from './random.ts';
import type { CityCode } from './stocks.ts';

export interface District {
  /** `05911-X01`: the city's district key, X for invented, a running number. */
  readonly code: string;
  /** Its place among all districts, 0 .. 97; numbers records. */
  readonly place: number;
  readonly city: CityCode;
  /** Weight of the district in its city's population. */
  readonly weight: number;
  /** Deprivation, 0 (least) .. 1 (most), three decimals. */
  readonly score: number;
}

export interface City {
  readonly code: CityCode;
  readonly name: string;
  readonly districts: number;
  /** Mean of the districts' deprivation scores, before rounding. */
  readonly score: number;
}

export const cities: readonly City[] = [
  { code: '05113', name: 'Essen', districts: 50, score: 0.5 },
  { code: '05513', name: 'Gelsenkirchen', districts: 18, score: 0.66 },
  { code: '05911', name: 'Bochum', districts: 30, score: 0.42 },
];

/** Half the range of scores within one city. */
const reach = 0.32;

export function districtsOf(seed: number): readonly District[] {
  const districts = cities.flatMap((city) => {
    const stream = streamOf(seed, 'districts', city.code);
    const sizes = strata(stream, city.districts);
    const scores = strata(stream, city.districts);
    return sizes.map((size, index) => ({
      code: `${city.code}-X${String(index + 1).padStart(2, '0')}`,
      city: city.code,
      // Floor and curve give many small districts and a few large ones, about 3,000 to 28,000 inhabitants.
      weight: 0.22 + size * Math.sqrt(size),
      score: Math.round(1000 * (city.score + reach * (2 * (scores[index] ?? 0) - 1))) / 1000,
    }));
  });
  return districts.map((district, place) => ({ ...district, place }));
}

/** One point in each of n equal slices of [0, 1), shuffled (Fisher and Yates): keeps averages near the plan at any seed. */
function strata(stream: Stream, n: number): number[] {
  const points = Array.from({ length: n }, (_, slice) => (slice + stream.uniform()) / n);
  for (let last = n - 1; last > 0; last -= 1) {
    const other = stream.below(last + 1);
    const [a, b] = [points[last] ?? 0, points[other] ?? 0];
    points[last] = b;
    points[other] = a;
  }
  return points;
}
