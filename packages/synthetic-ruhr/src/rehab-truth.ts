/** The truth about rehabilitation: clinics differ in their mix of indications only, so any other difference between them is chance. */
import type { Shares } from './random.ts';
import type { Sex } from './stocks.ts';

export type Indication = 'oncology' | 'orthopaedics' | 'cardiology' | 'neurology' | 'psychosomatics' | 'paediatrics';
export type ReturnToWork = 'full' | 'partial' | 'none' | 'U';

export interface RehabTruth {
  /** Expected episodes a year at each clinic, by indication. */
  readonly clinics: readonly Shares<Indication>[];
  readonly women: Shares<Indication>;
  /** Chance that an episode is a further one of a former patient, where one fits. */
  readonly readmission: number;
  answered12(indication: Indication, sex: Sex): number;
  /** Among those who answered after 12 months; U where the question does not apply (children). */
  returnToWork12(indication: Indication, sex: Sex): Shares<ReturnToWork>;
}

const none: Shares<Indication> = {
  oncology: 0,
  orthopaedics: 0,
  cardiology: 0,
  neurology: 0,
  psychosomatics: 0,
  paediatrics: 0,
};

const answered: Shares<Indication> = {
  oncology: 0.66,
  orthopaedics: 0.58,
  cardiology: 0.62,
  neurology: 0.52,
  psychosomatics: 0.5,
  paediatrics: 0.6,
};

const work = (full: number, partial: number): Shares<ReturnToWork> => ({
  full,
  partial,
  none: 1 - full - partial,
  U: 0,
});

const ofMen: Readonly<Record<Indication, Shares<ReturnToWork>>> = {
  oncology: work(0.58, 0.12),
  orthopaedics: work(0.72, 0.09),
  cardiology: work(0.68, 0.1),
  neurology: work(0.45, 0.15),
  psychosomatics: work(0.54, 0.14),
  paediatrics: { full: 0, partial: 0, none: 0, U: 1 },
};

/** Women come back to fewer hours: this much of `full` is `partial`. */
const shift = 0.06;

export const rehabTruth: RehabTruth = {
  clinics: [
    { ...none, orthopaedics: 560, cardiology: 140 },
    { ...none, oncology: 330, psychosomatics: 60, cardiology: 130 },
    { ...none, psychosomatics: 270, neurology: 150 },
    { ...none, orthopaedics: 170, oncology: 110, paediatrics: 70 },
  ],
  women: {
    oncology: 0.55,
    orthopaedics: 0.51,
    cardiology: 0.28,
    neurology: 0.43,
    psychosomatics: 0.67,
    paediatrics: 0.46,
  },
  readmission: 0.06,
  answered12: (indication, sex) => answered[indication] + (sex === 'F' ? 0.05 : 0),
  returnToWork12: (indication, sex) => {
    const shares = ofMen[indication];
    if (sex === 'M' || indication === 'paediatrics') return shares;
    return { ...shares, full: shares.full - shift, partial: shares.partial + shift };
  },
};
