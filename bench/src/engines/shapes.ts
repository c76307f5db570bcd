/** The six shapes of a question to a data source (design, federation.md §5). */
import type { SourceDimension, SourceFilter, SourceMeasure, SourceTable } from '@revier/core';
import { codes } from './invented-cases.ts';

type Variable = keyof typeof codes;

/** Each code a group of its own, or so many codes to a group. */
const by = (variable: Variable, width = 1): SourceDimension => ({
  variable,
  pairs: codes[variable].map((code, at) => [code, Math.floor(at / width)] as const),
});

const only = (variable: Variable, first: number): SourceFilter => ({
  variable,
  stored: codes[variable].slice(0, first),
});

const count = (where: readonly SourceFilter[] = [], identifier: string | null = null): SourceMeasure => ({
  kind: 'count',
  identifier,
  where,
});

const table = (dimensions: readonly SourceDimension[], ...measures: readonly SourceMeasure[]): SourceTable => ({
  person: 'personId',
  dimensions,
  margins: false,
  measures,
});

export const shapes: Readonly<Record<string, SourceTable>> = {
  'selective count': table([], count([only('area', 5), only('site', 3)])),
  'four dimensions': table([by('site'), by('sex'), by('uicc'), by('diagnosisYear')], count()),
  'district × age × sex × year': table([by('area', 200), by('age', 5), by('sex'), by('diagnosisYear')], count()),
  'distinct persons': table([by('area', 200)], count([], 'personId')),
  'events per month': table([by('diagnosisYear'), by('diagnosisMonth')], count()),
  'join of 11,000 areas': table([by('area', 1000)], count([only('uicc', 3)])),
};
