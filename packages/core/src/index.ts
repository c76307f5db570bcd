/** The rules of Revier, pure: no input or output, no clock, no randomness. */
export { toCsv, toCsvMetadata } from './answer/csv.ts';
export { errorIn, isRate, noiseParts, noiseTitles, TOTAL_CODE } from './answer/flat-table.ts';
export { type CellGrid, cellGrid } from './disclosure/cell-grid.ts';
export { countNoise } from './disclosure/cell-key/count-noise.ts';
export { makePtable, type Ptable, type PtableResult } from './disclosure/cell-key/ptable.ts';
export { type ShareSampler, scaleOfVariance, shareSampler } from './disclosure/exact-noise/noise-share.ts';
export { type UniformBelow, uniformFrom } from './disclosure/exact-noise/samplers.ts';
export {
  type AgreementLattice,
  type AnswerBasis,
  type AnswerHistory,
  assertFeasibleFloor,
  type CellKeyRules,
  cellKeyRulesOf,
  cellSums,
  checkAgreementLattice,
  contributorsIn,
  type DisclosureInput,
  discloseLocal,
  discloseOpen,
  equationsOf,
  type FigureSets,
  flat,
  type Hierarchy,
  holdMasked,
  isTooLarge,
  type JointSystem,
  jointCounts,
  jointSystemOf,
  type LatticeFigures,
  type LatticeOpinion,
  type LinkedCells,
  type LinkedCounts,
  type LinkedRelease,
  type LinkedTable,
  type LocalRules,
  leavingTime,
  linkedWith,
  type MaskedSet,
  NO_EVENT_CLASS,
  type OnDataset,
  type PastAnswer,
  type Pattern,
  type Population,
  patternAlone,
  patternsIn,
  preparedAhead,
  protectLinked,
  protectSystem,
  type RateBasis,
  type Release,
  type Shape,
  type SystemCounts,
  shownOfLinked,
  type TableLattice,
  type TableShape,
  tableLattice,
  tableShape,
} from './disclosure/index.ts';
export { noiseLaw } from './disclosure/noise.ts';
export { recordKeyer } from './disclosure/record-key.ts';
export { maskContext, maskedWords, pairInfo, selfInfo } from './disclosure/secure-sum/masks.ts';
export {
  discloseTogether,
  type Hold,
  type LocalCell,
  type NoisedWords,
  type NoiseShare,
  openNoisedWords,
} from './disclosure/secure-sum/noised-words.ts';
export {
  type OpenedTable,
  openedBody,
  SUM_VARIANCE,
  type SumError,
  sumError,
} from './disclosure/secure-sum/opened-body.ts';
export { openedSum, type SumStep } from './disclosure/secure-sum/opened-sum.ts';
export {
  type Attempt,
  LEAST_MEMBERS,
  type Member,
  openingFaults,
  type RosterFault,
  rosterFaults,
} from './disclosure/secure-sum/roster.ts';
export { type Share, secretOf, sharesOf, thresholdOf } from './disclosure/secure-sum/shamir.ts';
export { showsEverything } from './disclosure/secure-sum/shows-everything.ts';
export {
  advanceSum,
  beginSum,
  type HeldShare,
  hasMoved,
  type MemberPart,
  membersOf,
  owing,
  type SumCourse,
  type SumEvent,
  type SumPhase,
  type SumRules,
} from './disclosure/secure-sum/sum-course.ts';
export { contributionCap, STEPS_PER_PERSON, wordsIn } from './disclosure/secure-sum/sum-measures.ts';
export { addWords, numbersOf, type Words, wordsOf, wordsOfKeystream } from './disclosure/secure-sum/words.ts';
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
  type Range,
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
export { type PublicAgreement, publicAgreement } from './log/project-agreement.ts';
export { type ProjectBook, PublicApplication, projectBook, type SnapshotOf } from './log/project-book.ts';
export type { Absence, MergeInput } from './merge/figures.ts';
export { type Merged, mergeAnswer } from './merge/merge-answer.ts';
export { standardWeights } from './merge/standard-weights.ts';
export { admitAgreement, admitOffer, type OpenedAgreement, openAgreement } from './policy/admit-agreement.ts';
export { type AgreementLife, isLive, isOver, lifeOf, mayFollow } from './policy/agreement-life.ts';
export { APPROVAL_AGE_MS, type ApprovalTerms, areApproved, missingRoles, requiredRoles } from './policy/approvals.ts';
export { statusFaults, withheldReasons, withReason } from './policy/binding.ts';
export { differenceBetween, type EnteredDecision } from './policy/compare-decision.ts';
export { widerPlaces } from './policy/counter-offer.ts';
export type {
  Allowed,
  ConstraintReport,
  Decision,
  Denied,
  DutyReport,
  RuleReport,
  SatisfactionState,
} from './policy/decision.ts';
export {
  agreementOf,
  type Concluding,
  customaryDuties,
  type DraftedOffer,
  draftOffers,
  type Occasion,
  type OfferTerms,
  offersOf,
  type Predecessor,
} from './policy/draft-offers.ts';
export { addDuration } from './policy/durations.ts';
export { EVALUATOR_VERSION, evaluate } from './policy/evaluate.ts';
export type { Finding, FindingCode } from './policy/findings.ts';
export { floorForModel } from './policy/floor-for-model.ts';
export { limitAgreement, type RequestOf } from './policy/limit-policy.ts';
export { lintPolicy } from './policy/lint.ts';
export { isNarrower, wideningFaults } from './policy/narrower.ts';
export {
  isFinal,
  type NegotiationMessage as NegotiationSaid,
  negotiate,
  negotiationMessages,
  type Side,
} from './policy/negotiation.ts';
export {
  ancestryOf,
  isKnownPurpose,
  isPublicPurpose,
  isPurposeA,
  purposeOf,
  purposeSchemeHash,
} from './policy/purpose.ts';
export { type Change, diffPolicies, renderPolicy, type Sentence } from './policy/render.ts';
export { decisionBytes, replay, snapshotOf } from './policy/replay.ts';
export { type Asking, policyRequest } from './policy/request-facts.ts';
export { dueAt } from './policy/rules.ts';
export { type PastRequest, type Proposal, type SimulationResult, simulate } from './policy/simulate.ts';
export {
  Account,
  Approval,
  Checkpoint,
  charged,
  Grain,
  type PolicyInput,
  PolicyRequest,
  PolicySnapshot,
  PolicyState,
  RequestedAction,
} from './policy/snapshot.ts';
export { type StandingFacts, standingDecision } from './policy/standing-policy.ts';
export { cellsOf as cellsOfTable, tableText } from './policy/table-text.ts';
export { auditorView, researcherView } from './policy/views.ts';
export { canonicalBytes, canonicalText, contentHash, digest, parseCanonical, sortedUnique } from './query/canonical.ts';
export { type CellNamer, cellIdOf, cellNamer } from './query/cell-id.ts';
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
  RawContributions,
  RawMeasure,
  RawTable,
  SourceDimension,
  SourceFilter,
  SourceMeasure,
  SourceProtection,
  SourceTable,
} from './query/source-table.ts';
export { togetherOf } from './query/together.ts';
export { type Signed, unverified, unverifiedText } from './query/unverified.ts';
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
  chiSquareUpperTail,
  crudeRate,
  type DirectRate,
  directRate,
  type Interval,
  type Proportion,
  proportion,
  standardisedRatio,
} from './statistics/index.ts';
