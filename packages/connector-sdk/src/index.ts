/** What any participant needs to take part: data sources, signatures, the client of a broker. */

export { checkpointIn, ExportFault, headsAt, type ReadLog, readExport } from './audit/read-export.ts';
export { type LogFinding, type LogVerdict, type VerifyLogOptions, verifyLog } from './audit/verify-log.ts';
export { type AuthorizePerson, authorizePerson } from './client/authorize-person.ts';
export { type Backoff, defaultBackoff, pauseMs } from './client/backoff.ts';
export { type BrokerClient, type BrokerClientOptions, createBrokerClient } from './client/broker-client.ts';
export {
  createDataspaceClient,
  type DataspaceClient,
  type DataspaceClientOptions,
  type OtherFormat,
  type SubmitOptions,
  type Submitted,
  type SubmittedDryRun,
  type SubmittedForProof,
} from './client/dataspace-client.ts';
export { ConnectionError, type ConnectionFault, ProblemError } from './client/errors.ts';
export type { Authorize } from './client/inner.ts';
export type { LetterCalls } from './client/letter-calls.ts';
export { type LoadOptions, loadVocabulary } from './client/load-vocabulary.ts';
export { createOfficeClient, type OfficeClient, type OfficeClientOptions } from './client/office-client.ts';
export type { PublicReads } from './client/public-reads.ts';
export { type LoopState, runTaskLoop, type TaskLoopOptions } from './client/task-loop.ts';
export type { Identity } from './client/token-keeper.ts';
export { decodeRelease, type ExpectedBody, encodeRelease } from './codec/release.ts';
export {
  type Columns,
  type Grain,
  type RejectedRecord,
  type RejectReason,
  USABLE,
  type Value,
} from './columnar/columns.ts';
export type { EngineLimits } from './columnar/engine.ts';
export type { ImportOutcome, ImportProgress, ImportRequest } from './columnar/import-columns.ts';
export type { ColumnarSource } from './columnar/open-columnar.ts';
export type { StorePlace } from './columnar/store-files.ts';
export {
  type Amendment,
  amendRegister,
  applyForRegister,
  closeRegister,
  reportDuty,
  type Sent,
  sayInNegotiation,
} from './consumer/acts.ts';
export { type HeardWord, type HearOptions, hear, hearStatus, type Intent } from './consumer/hear.ts';
export {
  dutiesOf,
  endOf,
  isInForce,
  isStanding,
  isUnderWay,
  type NextStep,
  nextStepOf,
  type OwedDuty,
  renewalWarning,
  statusOf,
} from './consumer/life.ts';
export { NegotiationRecord, RegisterRecord } from './consumer/records.ts';
export type { Self } from './consumer/say.ts';
export { type RegisterStore, registerStore } from './consumer/store.ts';
export { type Consumer, type SyncOptions, type SyncOutcome, syncRegisters } from './consumer/sync.ts';
export type { DataSource, DataSourceOptions } from './data-source.ts';
export { compileTable, fillRecordKeys, importColumns, openColumnar, openPostgres } from './engines.ts';
export { isMissing, textOf, writeWhole } from './files.ts';
export { joinHalves, signHalf, type VerifyHalfOptions, verifyHalf } from './negotiation/halves.ts';
export { type LetterKind, type VerifiedLetter, verifyLetter } from './negotiation/letters.ts';
export {
  type NegotiationSide,
  type NegotiationWord,
  signNegotiation,
  type VerifiedNegotiation,
  type VerifyNegotiationOptions,
  verifyNegotiation,
} from './negotiation/message.ts';
export {
  signApplication,
  signClosure,
  signDutyReport,
  signStatus,
  type VerifiedApplication,
  type VerifyStatementOptions,
  verifyApplication,
  verifyClosure,
  verifyDutyReport,
  verifyStatus,
} from './negotiation/statements.ts';
export {
  type Checkpoint,
  checkpointText,
  type OpenedCheckpoint,
  openCheckpoint,
  originOf,
  parseCheckpoint,
  signCheckpoint,
} from './notes/checkpoint.ts';
export { cosign, cosignedAt } from './notes/cosignature.ts';
export { type Followed, followStep, hashFrom, hashText, isFault, type LogFault, type Step } from './notes/follow.ts';
export { type Note, type NoteSignature, noteText, parseNote, parseSignature, signatureLine } from './notes/note.ts';
export { MOST_WITNESSES, witnessesOf } from './notes/witnesses.ts';
export { type DrainUntilEmptyOptions, drainOutbox, type OutboxClient } from './outbox/drain-outbox.ts';
export type { Outbox, OutboxItem, Outgoing, ReceiptMessage, ReleaseMessage } from './outbox/outbox.ts';
export { type ApprovedView, type ApprovedViewPlan, approvedViewSql } from './postgres/approved-view.ts';
export type { FillOutcome, FillRequest } from './postgres/fill-record-keys.ts';
export type { PostgresOptions, PostgresSource } from './postgres/open-postgres.ts';
export { selfKeystream } from './secure-sum/keystream.ts';
export { contextOf, type Masking, makeSeed, maskPart, type SumRoster, unsealShare } from './secure-sum/mask-part.ts';
export { decodeMasked, encodeMasked } from './secure-sum/masked-body.ts';
export { type NoiseSource, noiseSource } from './secure-sum/noise-source.ts';
export { type OpenedPart, openTotal, recoverSeed } from './secure-sum/open-total.ts';
export { makeSumSecret, SumSecret, seedCommitment, seedText } from './secure-sum/sum-keys.ts';
export { closedPart, type MemberRelease, type Together, togetherPart } from './secure-sum/together-part.ts';
export { type AccessToSign, accessToken, type Caller, verifyAccess } from './signatures/access.ts';
export { type VerifiedAgreement, verifyAgreement } from './signatures/agreement.ts';
export { assertInForce, type ClockOptions, secondsOf } from './signatures/clock.ts';
export { type PersonId, personOf, signCredential, verifyCredential } from './signatures/credential.ts';
export { assertRealData, isDemonstration } from './signatures/demonstration.ts';
export {
  signDocument,
  type VerifiedDocument,
  VocabularyDocument,
  verifyCatalogueDocument,
  verifyDataset,
  verifyDocument,
  verifyFloor,
} from './signatures/documents.ts';
export { addSignature, type GeneralOpened, signGeneral, verifyGeneral } from './signatures/general.ts';
export { claimedKind, type ResolveKey } from './signatures/header.ts';
export {
  createSigner,
  generateKeyPair,
  type KeyPair,
  keyIdOf,
  PrivateKey,
  publicKeyOf,
  type Signer,
} from './signatures/keys.ts';
export { type ProofKeys, proofKeysOf, proofOf, thumbprintOf } from './signatures/proof.ts';
export {
  type QueryToSign,
  queryDigest,
  signQuery,
  submissionIdOf,
  type VerifiedQuery,
  type VerifyQueryOptions,
  verifyQuery,
} from './signatures/query.ts';
export {
  assertListInForce,
  assertTrustInForce,
  openTrustList,
  resolver,
  type Trust,
  type TrustedKey,
  type TrustOptions,
  trustOf,
} from './signatures/trust.ts';
export { type Opened, openCompact, verifyCompact } from './signatures/verify.ts';
export type { CompiledTable } from './sql/compile-table.ts';
export { catchUp, type TrustReads } from './trust/catch-up.ts';
export {
  describeEnrolment,
  type EnrolmentToSign,
  fingerprintOf,
  signEnrolment,
  type VerifiedEnrolment,
  verifyEnrolment,
} from './trust/enrolment.ts';
export { hashOfSecret, type InvitationCode, makeInvitation, readInvitation } from './trust/invitation.ts';
export { type ListTimes, withEnrolment, withoutKey, withoutParticipant, withSector } from './trust/next-list.ts';
export { signTimestamp, verifyTimestamp } from './trust/timestamp.ts';
export { type KeeperOptions, openTrustKeeper, type TrustKeeper, type TrustMemory } from './trust/trust-keeper.ts';
export { type TrustWatch, untilFresh, type WatchOptions, watchTrust } from './trust/watch-trust.ts';
