/** Baseline of each cancer site: invented figures of a plausible size, the same in every district of average deprivation. */
import type { Shares } from './random.ts';
import type { Sex } from './stocks.ts';

export interface SiteTruth {
  /** Code of the level `group` of `site/1`. */
  readonly group: string;
  /** Three-character categories and their shares within the group; they add up to 1. */
  readonly categories: Shares<string>;
  /** New cases of behaviour 3 per 100,000 person-years in the 14 age groups, where the score is the reference score; absent where the site is not. */
  readonly rates: Readonly<Partial<Record<Sex, readonly number[]>>>;
  /** Logarithm of the rate ratio for one more unit of score, the same at every age, in both sexes and every year. */
  readonly gradient: number;
  /** Cases of behaviour 2 for each case of behaviour 3, in addition. */
  readonly inSitu: number;
  /** Share of stages III and IV among staged cases where the score is the reference score. */
  readonly late: number;
  /** Share of stage I among early cases and of stage III among late ones. */
  readonly firstOfEarly: number;
  readonly thirdOfLate: number;
}

/*
 * The figures follow the general shape of "Cancer in Germany" (Robert Koch Institute and GEKID): order of magnitude, rise with age, difference
 * between the sexes. They are not estimates of anything.
 */
export const cancerSites: readonly SiteTruth[] = [
  {
    group: 'C16.',
    categories: { C16: 1 },
    rates: {
      F: [0, 0, 0.1, 0.3, 0.8, 1.6, 2.8, 4, 6, 9, 13, 19, 31, 60],
      M: [0, 0, 0.1, 0.2, 0.7, 1.5, 3, 5, 9, 16, 27, 40, 62, 100],
    },
    gradient: 0.5,
    inSitu: 0,
    late: 0.6,
    firstOfEarly: 0.6,
    thirdOfLate: 0.35,
  },
  {
    group: 'C18-C20',
    categories: { C18: 0.63, C19: 0.05, C20: 0.32 },
    rates: {
      F: [0, 0.3, 0.6, 1, 2.2, 4, 7, 13, 23, 40, 61, 86, 138, 255],
      M: [0, 0.2, 0.5, 1, 2, 4, 8, 15, 28, 53, 90, 142, 228, 350],
    },
    gradient: 0.3,
    inSitu: 0.03,
    late: 0.52,
    firstOfEarly: 0.5,
    thirdOfLate: 0.55,
  },
  {
    group: 'C25.',
    categories: { C25: 1 },
    rates: {
      F: [0, 0, 0, 0.1, 0.3, 0.6, 1.4, 3, 7, 13, 23, 38, 63, 105],
      M: [0, 0, 0, 0.1, 0.3, 0.7, 2, 4, 9, 19, 33, 52, 80, 108],
    },
    gradient: 0.2,
    inSitu: 0,
    late: 0.72,
    firstOfEarly: 0.4,
    thirdOfLate: 0.2,
  },
  {
    group: 'C33-C34',
    categories: { C34: 1 },
    rates: {
      F: [0, 0, 0, 0.2, 0.4, 1.2, 3.5, 10, 24, 56, 90, 120, 150, 115],
      M: [0, 0, 0, 0.2, 0.4, 1, 3, 8, 20, 52, 105, 175, 275, 310],
    },
    gradient: 0.9,
    inSitu: 0,
    late: 0.72,
    firstOfEarly: 0.68,
    thirdOfLate: 0.35,
  },
  {
    group: 'C43.',
    categories: { C43: 1 },
    rates: {
      F: [0, 0.4, 2.5, 7, 12, 16, 20, 24, 28, 30, 31, 34, 40, 48],
      M: [0, 0.3, 1.5, 4, 7, 10, 14, 18, 24, 30, 38, 47, 64, 90],
    },
    gradient: -0.6,
    inSitu: 0.15,
    late: 0.12,
    firstOfEarly: 0.78,
    thirdOfLate: 0.7,
  },
  {
    group: 'C50.',
    categories: { C50: 1 },
    rates: {
      F: [0, 0, 0.1, 1.5, 9, 28, 65, 125, 205, 255, 265, 330, 380, 310],
      M: [0, 0, 0, 0, 0, 0.1, 0.2, 0.4, 0.6, 1, 1.5, 2.2, 3.5, 5],
    },
    gradient: -0.15,
    inSitu: 0.08,
    late: 0.2,
    firstOfEarly: 0.52,
    thirdOfLate: 0.6,
  },
  {
    group: 'C54-C55',
    categories: { C54: 1 },
    rates: { F: [0, 0, 0, 0.1, 0.5, 1.6, 3.5, 7, 14, 25, 40, 58, 78, 85] },
    gradient: 0.1,
    inSitu: 0,
    late: 0.2,
    firstOfEarly: 0.88,
    thirdOfLate: 0.6,
  },
  {
    group: 'C61.',
    categories: { C61: 1 },
    rates: { M: [0, 0, 0, 0, 0, 0, 0.3, 3, 22, 82, 200, 375, 600, 540] },
    gradient: -0.25,
    inSitu: 0,
    late: 0.3,
    firstOfEarly: 0.35,
    thirdOfLate: 0.45,
  },
  {
    group: 'C64.',
    categories: { C64: 1 },
    rates: {
      F: [1, 0.1, 0.1, 0.2, 0.6, 1.2, 2.2, 4, 7, 11, 16, 23, 34, 42],
      M: [1, 0.1, 0.1, 0.2, 0.8, 2, 4.5, 9, 15, 24, 36, 50, 70, 80],
    },
    gradient: 0.25,
    inSitu: 0,
    late: 0.32,
    firstOfEarly: 0.86,
    thirdOfLate: 0.55,
  },
  {
    group: 'C67.',
    categories: { C67: 1 },
    rates: {
      F: [0, 0, 0.1, 0.1, 0.3, 0.5, 1, 1.5, 3, 6, 11, 18, 32, 60],
      M: [0, 0, 0.1, 0.2, 0.5, 1, 2, 4, 9, 20, 40, 70, 120, 230],
    },
    gradient: 0.4,
    inSitu: 0.3,
    late: 0.3,
    firstOfEarly: 0.5,
    thirdOfLate: 0.5,
  },
];
