/** The truth: every parameter that the records are drawn from, for tests and lessons to compare their estimates with. */
import { type CancerTruth, cancerTruth } from './cancer-truth.ts';
import { type RehabTruth, rehabTruth } from './rehab-truth.ts';
import { type SchoolTruth, schoolTruth } from './school-truth.ts';

export interface Truth {
  readonly cancer: CancerTruth;
  readonly school: SchoolTruth;
  readonly rehab: RehabTruth;
}

export const truth: Truth = { cancer: cancerTruth, school: schoolTruth, rehab: rehabTruth };
