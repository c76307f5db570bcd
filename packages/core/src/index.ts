/** The rules of Revier, pure: no input or output, no clock, no randomness. */
export {
  type DisclosureInput,
  discloseLocal,
  discloseOpen,
  type LocalRules,
  NO_EVENT_CLASS,
  type Population,
  type RateBasis,
  type Release,
} from './disclosure/index.ts';
export { recordKeyer } from './disclosure/record-key.ts';
export {
  consistencyRanges,
  emptyFrontier,
  emptyHead,
  type Frontier,
  frontierOf,
  type Grown,
  grow,
  HASH_BYTES,
  headOf,
  type IncludedLeaf,
  inclusionRanges,
  leafHash,
  nodeHash,
  proofOf,
  type ReadSubtree,
  rangeHash,
  type Subtree,
  sameHash,
  subtreesFor,
  subtreesOf,
  type TreeHash,
  type TreeHead,
  verifyConsistency,
  verifyInclusion,
} from './log/index.ts';
export type { Absence, MergeInput } from './merge/figures.ts';
export { type Merged, mergeAnswer } from './merge/merge-answer.ts';
export { standardWeights } from './merge/standard-weights.ts';
export { admitAgreement } from './policy/admit-agreement.ts';
export {
  type ConstraintReport,
  type Decision,
  EVALUATOR_VERSION,
  evaluate,
  type PolicyRequest,
  type RuleReport,
  type SatisfactionState,
} from './policy/evaluate.ts';
export { isKnownPurpose, isPurposeA, purposeSchemeHash } from './policy/purpose.ts';
export { canonicalBytes, canonicalText, contentHash, digest, parseCanonical, sortedUnique } from './query/canonical.ts';
export { cellIdOf } from './query/cell-id.ts';
export { type CodeIndex, indexCodeList, labelOf } from './query/code-index.ts';
export {
  type CoveredAreas,
  coveredAreas,
  type OpenPart,
  type TravellingPopulation,
  travellingPopulation,
} from './query/coverage.ts';
export type { GroupCode, Grouping } from './query/grouping.ts';
export type { Plan, PlanAggregate, PlanDimension, PlanMeasure, PlanTask, Route } from './query/plan.ts';
export { planQuestion } from './query/plan-question.ts';
export { canonicalQuestion, groupingOf, isCanonical } from './query/question.ts';
export { type PreparedTable, prepareTable } from './query/source-plan.ts';
export type {
  RawAtoms,
  RawMeasure,
  RawTable,
  SourceDimension,
  SourceFilter,
  SourceMeasure,
  SourceTable,
} from './query/source-table.ts';
export {
  type CatalogueDocument,
  catalogueOf,
  catalogueOfHashed,
  type DocumentStore,
  documentStore,
  openCatalogue,
  type Vocabulary,
  variableOf,
} from './query/vocabulary.ts';
export {
  type CrudeRate,
  crudeRate,
  type DirectRate,
  directRate,
  type Interval,
  type Proportion,
  proportion,
  standardisedRatio,
} from './statistics/index.ts';
