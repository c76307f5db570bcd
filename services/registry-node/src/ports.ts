/** What the rooms need of the world: the node's own records, its data, its clock; adapters stand in `adapters/`. */
import type { Checkpoint, DataSource, LogFault, Signer, Trust } from '@revier/connector-sdk';
import type { PastAnswer, Vocabulary } from '@revier/core';
import type {
  CheckpointStep,
  CompactJws,
  DatasetDescription,
  ExportLine,
  Floor,
  GeneralJws,
  KeyId,
  OpenStop,
  ParticipantId,
  Person,
  Realm,
  Sha256,
  StopCause,
  StopNote,
} from '@revier/schema';
import type { OwnCheckpoint, SeenLog } from '@revier/service-kit';
import type { AskedUnder, PolicyFacts } from './policy-ports.ts';
import type { SealedAnswer } from './rooms/sieve.ts';
import type { OpeningToEnter } from './sum-ports.ts';

/** Who this node is and whom it trusts. */
export interface Self {
  readonly participant: ParticipantId;
  readonly realm: Realm;
  readonly broker: ParticipantId;
  readonly signer: Signer;
  readonly trust: Trust;
  readonly floor: Floor;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface HeldDataset {
  readonly description: DatasetDescription;
  readonly hash: Sha256;
  readonly source: DataSource;
}

/** A catalogue version opened, every document verified. */
export interface Vocabularies {
  open(hash: Sha256, signal: AbortSignal): Promise<Vocabulary>;
}

/** Bodies that travel as evidence, fetched by hash. */
export interface Bodies {
  fetch(hash: Sha256, signal: AbortSignal): Promise<Uint8Array>;
}

/** Identity of an answer: the same question over the same records has one, whoever asks. */
export interface AnswerKey {
  readonly dataset: string;
  readonly epoch: string;
  readonly table: Sha256;
  /** 0 for exact figures of a public dataset. */
  readonly minCellSize: number;
  /** Digest of the versions that the table's names stand for. */
  readonly versions: Sha256;
}

export interface KeptBody {
  readonly bytes: Uint8Array;
  readonly hash: Sha256;
}

/** Whether a task has been seen: answered under its own id, or its submission under another. */
export type Earlier = 'new' | 'repeated' | 'replayed';

export interface TaskIdentity {
  readonly taskId: string;
  /** Digest of everything in the task but time and attempt. */
  readonly identity: Sha256;
  readonly submissionId: Sha256;
  readonly dataset: string;
  readonly stage: number;
  /** The delivery that is answered; no part of the identity. */
  readonly attempt: number;
}

/** What is entered in the audit log: ends of tasks, and what people do with the node. */
export const auditDecisions = [
  'released',
  'masked',
  'refused',
  'assessed',
  'stopped',
  'started',
  'people-changed',
  'reconciled',
  'recipients-read',
  'withdrawn',
  'log-read',
  'openings-erased',
  'log-fault',
  'charged',
  'agreement-concluded',
  'agreement-status',
  'duty-done',
  'application-received',
  'application-refused',
  'application-approved',
  'application-rejected',
  'application-limited',
  'opinion-given',
  'standing-policy-changed',
  'standing-policy-decided',
  'negotiation-ended',
] as const;

/** What the audit log says of a decision; `person` is kept apart and can be erased. */
export interface AuditEntry {
  readonly decision: (typeof auditDecisions)[number];
  readonly codes: readonly string[];
  readonly facts: Readonly<Record<string, string | number | null>>;
  readonly person: string | null;
  /** What the decision was made from, by content hash: an auditor decides again from it. */
  readonly snapshots?: ReadonlyMap<Sha256, string>;
}

/** One entry of the log, with its place in it. */
export interface PastEntry {
  readonly index: number;
  readonly at: string;
  readonly decision: string;
  readonly codes: readonly string[];
  readonly facts: AuditEntry['facts'];
  /** In clear text, or null when nobody is named or the opening was erased. */
  readonly person: string | null;
}

/** One's own log, beyond what the book enters into it. */
export interface OwnLog {
  readonly origin: string;
  /** The newest checkpoint, signed now when the log has grown; undefined while it is empty. */
  checkpoint(): Promise<OwnCheckpoint | undefined>;
  stepFrom(latest: OwnCheckpoint, from: number): Promise<CheckpointStep>;
  /** All that were signed. */
  checkpoints(): Promise<readonly OwnCheckpoint[]>;
  /** @param line verified */
  keepCosignature(size: number, witness: string, line: string): Promise<void>;
  seen(): Promise<readonly SeenLog[]>;
  keepSeen(checkpoint: Checkpoint, note: string): Promise<void>;
  /** Entered once for each thing seen. */
  keepFault(origin: string, fault: LogFault, note: string): Promise<void>;
  /** Enters something that is no decision about a task. */
  enter(entry: AuditEntry): Promise<void>;
  /** The decisions about tasks since then, newest first, with the persons whose openings are still there. */
  since(at: Date, limit: number): Promise<readonly PastEntry[]>;
  /** Everything in it, newest first, without persons. */
  decisions(): AsyncIterable<PastDecision>;
  snapshots(hashes: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Forgets whom commitments of entries before that time stand for; returns how many. */
  eraseOpenings(before: Date): Promise<number>;
  standing(): Promise<LogStanding>;
  export(): AsyncGenerator<ExportLine>;
}

/** How the log stands. */
export interface LogStanding {
  readonly size: number;
  /** Of the newest checkpoint; null while there is none. */
  readonly checkpoint: number | null;
  /** Size of the longest checkpoint that somebody else has cosigned, and by how many. */
  readonly witnessed: { readonly size: number; readonly by: number } | null;
  readonly faults: readonly { readonly origin: string; readonly fault: string }[];
}

export interface Covered {
  readonly dataset: string;
  readonly epoch: string;
  readonly table: Sha256;
  /** Digest of covered areas, years and populations. */
  readonly digest: Sha256;
}

/** One transaction: audit entry, answer, messages; all of it or nothing. */
export interface ReleaseRecord {
  readonly task: TaskIdentity;
  readonly key: AnswerKey;
  readonly covered: Covered | null;
  readonly answer: SealedAnswer;
  readonly receipt: CompactJws;
  readonly header: CompactJws;
  readonly asked: AskedUnder;
  /** Mode F: the masked part has left before, and is opened now. */
  readonly opening?: OpeningToEnter;
  /** Decides for the last time, under the lock of the log. @throws Refusal */
  readonly audit: (policy: PolicyFacts | undefined) => AuditEntry;
}

/** All that was answered over a dataset, in every data epoch and under every agreement. */
export interface History {
  /**
   * The answer under this key: the one that there is, or one that `make` makes of all before it, kept before it leaves. One after the other: two
   * tables that are answered at the same time know of each other.
   */
  answer(key: AnswerKey, make: (past: readonly PastAnswer[]) => SealedAnswer): Promise<SealedAnswer | KeptBody>;
  /** Hashes of the tables that were answered, in whatever epoch. */
  answered(dataset: string): Promise<ReadonlySet<Sha256>>;
}

export interface RefusalRecord {
  /** Null when the submission could not be established: nothing is then remembered of it. */
  readonly task: TaskIdentity | null;
  readonly taskId: string;
  readonly receipt: CompactJws;
  readonly audit: AuditEntry;
}

/** Of a dry run: entered and sent, and no more. */
export type AssessmentRecord = RefusalRecord & { readonly task: TaskIdentity };

export type DroppedRelease = Omit<TaskIdentity, 'identity'>;

export interface PastDecision {
  readonly at: string;
  readonly decision: AuditEntry['decision'];
  readonly codes: readonly string[];
  readonly facts: AuditEntry['facts'];
}

/** The ledger's book: what was decided, what may leave, what has left. */
export interface Book {
  earlier(task: TaskIdentity): Promise<Earlier>;
  /** The stored messages of a task leave again. */
  sendAgain(taskId: string): Promise<void>;
  kept(key: AnswerKey): Promise<KeptBody | undefined>;
  /** The covered set that was answered first. */
  covered(of: Omit<Covered, 'digest'>): Promise<Sha256 | undefined>;
  /** Nothing is entered when another task was faster. */
  release(
    record: ReleaseRecord,
  ): Promise<'recorded' | Exclude<Earlier, 'new'> | 'coverage-changed' | 'opened-otherwise'>;
  refuse(record: RefusalRecord): Promise<void>;
  assess(record: AssessmentRecord): Promise<void>;
  /** Releases that have not left yet never will; returns them. */
  dropPending(): Promise<readonly DroppedRelease[]>;
  decisions(limit: number): Promise<readonly PastDecision[]>;
}

/** Somebody enrolled at this node. */
export interface Enrolled extends Person {
  readonly kid: KeyId;
}

export interface Roll {
  /** Changes with every change, also with one that is taken back. */
  readonly id: Sha256;
  readonly people: readonly Enrolled[];
}

export interface People {
  roll(): Promise<Roll>;
  /** Takes the first ones, once; nothing afterwards. */
  found(first: readonly Enrolled[]): Promise<void>;
  /** False when the roll is no longer the one that was changed. */
  change(to: readonly Enrolled[], from: Sha256, signed: GeneralJws, audit: AuditEntry): Promise<boolean>;
}

export interface StopToEnter {
  readonly cause: StopCause;
  readonly note: StopNote;
}

/** The stops in the records: what is there keeps the node from working, whatever becomes of files and processes. */
export interface Stops {
  /** The newest that holds. */
  open(): Promise<OpenStop | undefined>;
  enter(stop: StopToEnter): Promise<OpenStop>;
  /** Ends all that hold, unless another stop than this one is the newest by now. */
  end(stop: Sha256, statement: Sha256, audit: AuditEntry): Promise<boolean>;
}
