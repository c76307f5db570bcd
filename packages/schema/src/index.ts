/** The words of Revier: zod schemas and types of everything that travels. */
export {
  Action,
  Agreement,
  barredActions,
  Duty,
  DutyAction,
  Permission,
  PolicyOffer,
  PROFILE,
  Prohibition,
  type Rule,
} from './agreement.ts';
export {
  AgreementStatus,
  NegotiationState,
  ResumeStatement,
  StatusDelivery,
  StatusStatement,
} from './agreement-status.ts';
export { AgreementList, AgreementView, LongAgreementView, StatusDone, StatusRequest } from './agreement-view.ts';
export {
  Answer,
  AnswerCell,
  AnswerDimension,
  AnswerMeasure,
  AnswerProof,
  Cell,
  CellError,
  Coverage,
  HolderAnswer,
  QueryState,
  ResultStatement,
  SecureSumNote,
} from './answer.ts';
export {
  type AnswerFormat,
  answerMediaTypes,
  CatalogueVersion,
  Cursor,
  DocumentDelivery,
  DocumentView,
  LONGEST_WAIT,
  Offer,
  OfferTaken,
  OpeningDelivery,
  PageQuery,
  PurposeList,
  QueryList,
  RELEASE_HEADER,
  ReceiptDelivery,
  RegisterList,
  TaskQuery,
} from './api.ts';
export { Application, Closure, DutyReport, EthicsVote } from './application.ts';
export { ApprovalStatement, LimitStatement, Opinion, StandingPolicy } from './approval.ts';
export {
  CheckpointList,
  CheckpointStep,
  CheckpointSteps,
  CosignatureDelivery,
  CosignatureList,
  ExportLine,
  LogEntry,
  LogOrigin,
  LogSize,
  SignedNote,
  StepsQuery,
} from './audit.ts';
export { Catalogue, DatasetDescription, DisclosureMode } from './catalogue.ts';
export { CodeEntry, CodeList } from './code-list.ts';
export {
  ApprovalRole,
  Constraint,
  DurationOperand,
  DutyConstraint,
  IntegerOperand,
  type LeftOperand,
  MeasureKind,
  PurposeCode,
  RecipientRole,
  RecipientSector,
  Reference,
} from './constraint.ts';
export { Concept, DataModel, Unit, Variable, VulnerableGroup } from './data-model.ts';
export { DryRunResult, HolderAssessment } from './dry-run.ts';
export {
  DraftProposal,
  DraftSignature,
  DraftStanding,
  DraftView,
  Enrolment,
  EnrolmentDelivery,
  EnrolmentList,
  INVITATION_MINUTES,
  Invitation,
  InvitationMade,
  InvitationSecret,
} from './enrolment.ts';
export {
  AccessToken,
  CompactJws,
  Credential,
  Envelope,
  GeneralJws,
  JwsSignature,
  KeyId,
  PublicKey,
  SignatureKind,
  SignedQuery,
} from './envelope.ts';
export { Floor, PolicyMode } from './floor.ts';
export {
  Code,
  DatasetId,
  LookupName,
  Name,
  ParticipantId,
  Realm,
  RegisterId,
  Seconds,
  Sha256,
  Text,
  Timestamp,
  timestampAt,
  Uuid,
  VersionedName,
} from './ids.ts';
export {
  InboxEntry,
  InboxList,
  InboxView,
  LimitedDraft,
  LimitHandedIn,
  LimitWishes,
  SignedWord,
  StandingPolicyList,
} from './inbox.ts';
export { Recipient, RecipientList, Withdrawal, WithdrawalDelivery } from './incident.ts';
export { LegalAssessment, type LegalBasis, LegalBasisCode, legalBases } from './legal-bases.ts';
export { Lookup, Standard } from './lookup.ts';
export * as codeLists from './models/code-lists.ts';
export * as dataModels from './models/data-models.ts';
export * as standards from './models/standards.ts';
export { builtInCodeLists, builtInModels, builtInStandards } from './models/vocabulary.ts';
export {
  DSP_CONTEXT,
  DspMessage,
  LetterList,
  LetterQuery,
  LetterToSend,
  letterKinds,
  NegotiationMessage,
  Pid,
} from './negotiation.ts';
export { CREDENTIAL_HEADER, Me, PersonRole } from './people.ts';
export {
  DisclosureRules,
  disclosureDefaults,
  FlexRules,
  Perturbation,
  ProtectionMethod,
  VulnerableRules,
  vulnerableDefaults,
} from './perturbation.ts';
export { policySchemas } from './policy-schemas.ts';
export {
  AppError,
  isProblemCode,
  PROBLEM_TYPE_BASE,
  Problem,
  type ProblemCode,
  ProblemError,
  type ProblemOptions,
  problemCodes,
  problemKinds,
  problemOf,
} from './problem.ts';
export { ProcessingActivity, ProcessingRecord } from './processing-record.ts';
export { Project, ProjectAgreement, ProjectList, Publication } from './project.ts';
export { type Purpose, purposes } from './purposes.ts';
export {
  Aggregate,
  CrudeRate,
  Derived,
  Dimension,
  DirectRate,
  FilterTerm,
  Holders,
  Mean,
  Proportion,
  Question,
  type QuestionInput,
} from './query.ts';
export { RegisterView } from './register.ts';
export {
  CellStatus,
  cellStatuses,
  EventClass,
  eventClasses,
  ReleaseBody,
  ReleaseColumns,
  ReleaseHeader,
  TOTAL,
} from './release.ts';
export { MaskedBody, MOST_MEMBERS, Opening, SealedShare, SumKey, SumPart, SumStep } from './secure-sum.ts';
export {
  DeletionList,
  decidingRoles,
  FirstPeople,
  OpenStop,
  PeopleChange,
  PeopleRoll,
  Person,
  Reconciled,
  RestartStatement,
  StaffRole,
  Stop,
  StopCause,
  StopNote,
  samePerson,
} from './stop.ts';
export { AtomFilter, Denominator, Table, TableDimension, TableMeasure } from './table.ts';
export { Assessment, Evidence, Reason, Receipt, RefusalCode, SentTask, Task, TaskList } from './task.ts';
export {
  LONGEST_TIMESTAMP,
  Participant,
  ParticipantKey,
  ParticipantRole,
  TRUST_VERSION_HEADER,
  TrustList,
  TrustTimestamp,
  TrustView,
} from './trust-list.ts';
