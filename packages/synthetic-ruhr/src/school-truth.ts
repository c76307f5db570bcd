/** The truth about school entry: shares by the parents' education, which alone depends on deprivation. */
import type { Shares } from './random.ts';
import type { Sex } from './stocks.ts';

export type Education = 'low' | 'middle' | 'high' | 'U';
export type Doses = '0' | '1' | '2';
export type Finding = 'conspicuous' | 'borderline' | 'inconspicuous' | 'U';

export interface SchoolTruth {
  /** Children examined each year for each inhabitant under ten. */
  readonly examinedShare: number;
  education(score: number): Shares<Education>;
  readonly bookletShown: Shares<Education>;
  readonly cardShown: Shares<Education>;
  /** Among the cards shown; without a card, doses are not known. */
  mmrDoses(education: Education): Shares<Doses>;
  visuomotor(education: Education, sex: Sex): Shares<Finding>;
}

const twoDoses: Shares<Education> = { low: 0.9, middle: 0.945, high: 0.96, U: 0.88 };
const conspicuous: Shares<Education> = { low: 0.24, middle: 0.13, high: 0.07, U: 0.17 };
const borderline: Shares<Education> = { low: 0.18, middle: 0.14, high: 0.1, U: 0.15 };
const notExamined = 0.03;
/** Boys are conspicuous more often than girls. */
const bySex: Readonly<Record<Sex, number>> = { F: 0.8, M: 1.2 };

export const schoolTruth: SchoolTruth = {
  examinedShare: 0.1,
  education: (score) => {
    const [low, high] = [Math.exp(-0.8 + 2.6 * (score - 0.5)), Math.exp(-0.2 - 2.4 * (score - 0.5))];
    const known = 0.94 / (low + 1 + high);
    return { low: low * known, middle: known, high: high * known, U: 0.06 };
  },
  bookletShown: { low: 0.86, middle: 0.93, high: 0.96, U: 0.78 },
  cardShown: { low: 0.87, middle: 0.92, high: 0.94, U: 0.8 },
  mmrDoses: (education) => {
    const rest = 1 - twoDoses[education];
    return { '0': 0.45 * rest, '1': 0.55 * rest, '2': twoDoses[education] };
  },
  visuomotor: (education, sex) => {
    const share = conspicuous[education] * bySex[sex];
    const rest = 1 - notExamined - share - borderline[education];
    return { conspicuous: share, borderline: borderline[education], inconspicuous: rest, U: notExamined };
  },
};
