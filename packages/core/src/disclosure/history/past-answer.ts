/** An answer that has left, as the node remembers it. */
import type { Perturbation, ReleaseColumns, Sha256 } from '@revier/schema';
import type { FigureSets } from './figure-sets.ts';
import type { TableShape } from './table-shape.ts';

/** What is kept beside the bytes of an answer; private, like exact figures. */
export interface AnswerBasis {
  readonly shape: TableShape;
  /** By measure. */
  readonly sets: readonly FigureSets[];
}

export interface PastAnswer {
  readonly table: Sha256;
  /** Data epoch. */
  readonly epoch: string;
  readonly minCellSize: number;
  readonly perturbation: Perturbation | null;
  /** By measure, as released. */
  readonly measures: readonly ReleaseColumns[];
  readonly basis: AnswerBasis;
}

/** What a new answer is held against. */
export interface AnswerHistory {
  readonly shape: TableShape;
  readonly epoch: string;
  /** All answers over the dataset, in every epoch and under every agreement, the oldest first. */
  readonly past: readonly PastAnswer[];
}
