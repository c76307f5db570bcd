/** The truth about cancer: rates, stages and the quality of the registration, and how each of them changes with deprivation. */
import { cancerSites, type SiteTruth } from './cancer-sites.ts';
import type { Sex } from './stocks.ts';

export interface CancerTruth {
  readonly sites: readonly SiteTruth[];
  /** The score at which the baseline figures hold. */
  readonly referenceScore: number;
  /** Share of cases of behaviour 3 that are known from a death certificate only; their stage is U. */
  readonly dcoShare: number;
  /** Share of cases of which only the year of diagnosis is known. */
  readonly yearOnlyShare: number;
  /** Chance that a case is a further primary tumour of somebody who had one, where such a person lives in the district. */
  readonly furtherPrimary: number;
  /** Cases of behaviour 3 per person-year. `band` is the place in the 14 age groups. */
  rate(site: SiteTruth, sex: Sex, band: number, score: number): number;
  /** Share of stage U among cases of behaviour 3 without those known from a death certificate only. */
  unknownShare(score: number): number;
  /** Share of stages III and IV among staged cases. */
  lateShare(site: SiteTruth, score: number): number;
}

const referenceScore = 0.5;
/** Logarithm of the odds ratio of a late stage for one more unit of score. */
const lateGradient = 0.8;

export const cancerTruth: CancerTruth = {
  sites: cancerSites,
  referenceScore,
  dcoShare: 0.02,
  yearOnlyShare: 0.03,
  furtherPrimary: 0.04,
  rate: (site, sex, band, score) =>
    ((site.rates[sex]?.[band] ?? 0) / 100_000) * Math.exp(site.gradient * (score - referenceScore)),
  unknownShare: (score) => 0.15 + 0.08 * (score - referenceScore),
  lateShare: (site, score) => {
    const odds = (site.late / (1 - site.late)) * Math.exp(lateGradient * (score - referenceScore));
    return odds / (1 + odds);
  },
};
