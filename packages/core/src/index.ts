/** The rules of Revier, pure: no input or output, no clock, no randomness. */
export type {
  RawAtoms,
  RawMeasure,
  RawTable,
  SourceDimension,
  SourceFilter,
  SourceMeasure,
  SourceTable,
} from './query/source-table.ts';
