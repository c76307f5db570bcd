/** An invented Ruhr with a known truth: public, deterministic, for everybody to practise and test on. */
export type { SiteTruth } from './cancer-sites.ts';
export type { CancerTruth } from './cancer-truth.ts';
export type { Columns } from './columns.ts';
export type { Clinic } from './rehab.ts';
export type { Indication, RehabTruth, ReturnToWork } from './rehab-truth.ts';
export { type RuhrOptions, type SyntheticRuhr, syntheticRuhr } from './ruhr.ts';
export type { Doses, Education, Finding, SchoolTruth } from './school-truth.ts';
export type { CityCode, Sex } from './stocks.ts';
export type { Truth } from './truth.ts';
