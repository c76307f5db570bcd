/** Disclosure control: the only maker of a release. */
export {
  type AgreementLattice,
  checkAgreementLattice,
  type LatticeFigures,
  type LatticeOpinion,
} from './approval/check-agreement-lattice.ts';
export { linkedWith } from './approval/exact-tables.ts';
export { NO_EVENT_CLASS } from './columns.ts';
export { patternAlone } from './disclose-counts.ts';
export { discloseLocal } from './disclose-local.ts';
export { discloseOpen } from './disclose-open.ts';
export type { DisclosureInput, LocalRules, Population, RateBasis } from './disclosure-input.ts';
export type { FigureSets } from './history/figure-sets.ts';
export { holdMasked, type MaskedRules, type MaskedSet } from './history/hold-masked.ts';
export type { AnswerBasis, AnswerHistory, PastAnswer } from './history/past-answer.ts';
export { type TableShape, tableShape } from './history/table-shape.ts';
export { type JointFigures, jointCounts, type Pattern, patternsIn } from './joint/joint-pattern.ts';
export { isTooLarge, type JointSystem, type LinkedTable, type TooLarge } from './joint/joint-system.ts';
export { jointSystemOf, type OnDataset, preparedAhead } from './joint/linked-tables.ts';
export { type CostClass, leavingTime } from './leaving-time.ts';
export { type LinkedCells, shownOfLinked } from './linked/linked-suppression.ts';
export {
  type LinkedCounts,
  type LinkedRelease,
  protectLinked,
  protectSystem,
  type SystemCounts,
} from './linked/protect-linked.ts';
export {
  cellSums,
  equationsOf,
  flat,
  type Hierarchy,
  type Shape,
  type TableLattice,
  tableLattice,
} from './linked/table-lattice.ts';
export { contributorsIn } from './magnitude/concentration.ts';
export { assertFeasibleFloor, type CellKeyRules, cellKeyRulesOf } from './protection.ts';
export type { Release } from './release.ts';
