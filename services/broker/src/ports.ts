/** What the use-cases need from outside, and nothing of how it is done. Instants are milliseconds since the epoch. */

import type { Signer, TrustKeeper } from '@revier/connector-sdk';
import type { Vocabulary } from '@revier/core';
import type { CompactJws, ParticipantId, Realm, Sha256, Withdrawal } from '@revier/schema';
import type { CrashPoint, Logger } from '@revier/service-kit';
import type { Decide } from './access/decide.ts';
import type { CatalogueStore } from './catalogue-ports.ts';
import type { CrashLabel } from './crash-labels.ts';
import type { Letters } from './letter-ports.ts';
import type { Limits } from './limits.ts';
import type { LogIns, ProofStore } from './log-in-ports.ts';
import type { BrokerLog, CarriedLogs } from './log-ports.ts';
import type { Observer } from './observer.ts';
<<<<<<< HEAD
import type { Office } from './office-ports.ts';
import type { QueryStore } from './query-ports.ts';
import type { Statuses } from './status-ports.ts';
import type { SumStore } from './sum-ports.ts';

=======
import type { Event, Progress, TaskProgress } from './progress/advance.ts';
import type { Turn } from './progress/advance-all.ts';
import type { Statuses } from './status-ports.ts';
import type { SumStore } from './sum-ports.ts';

/** What never changes of a task. */
export interface TaskFacts {
  readonly taskId: string;
  readonly holder: ParticipantId;
  readonly dataset: DatasetId;
  readonly stage: number;
  readonly mode: DisclosureMode;
  /** Hash of the agreement under which it is asked. */
  readonly agreement: Sha256;
}

export interface TaskRecord extends TaskFacts, TaskProgress {
  readonly holder: ParticipantId;
  readonly attempt: number;
  readonly release: StoredRelease | null;
  /** Signed: the last one that counted. */
  readonly receipt: CompactJws | null;
  readonly reasons: readonly Reason[];
  /** The holder's signed status for which its release is withheld; only while an answer is composed. */
  readonly statement?: CompactJws;
}

export interface StoredRelease {
  readonly jws: CompactJws;
  /** Verified when it was stored. */
  readonly header: ReleaseHeader;
}

/** What never changes of a query. */
export interface QueryFacts {
  readonly queryId: string;
  readonly submissionId: Sha256;
  /** Organisation and pseudonym. */
  readonly person: string;
  readonly signed: SignedQuery;
  /** Content hash of `signed`: the same bytes are the same submission. */
  readonly signedHash: Sha256;
  readonly envelope: Envelope;
  readonly questionHash: Sha256;
  readonly asked: number;
  /** When the time is over that the person granted. */
  readonly ends: number;
}

export interface QueryRecord extends QueryFacts {
  readonly progress: Progress<TaskRecord>;
  /** Its answer is there, or never will be, since it was cancelled. */
  readonly answered: boolean;
  readonly dryRun: boolean;
}

/** What a query has come to, without what was said. */
export interface QueryStanding {
  readonly queryId: string;
  readonly submissionId: Sha256;
  readonly answered: boolean;
  /** Asks only what would be answered. */
  readonly dryRun: boolean;
  readonly progress: Progress;
}

export interface QuerySummary extends QueryStanding {
  readonly register: RegisterId;
  readonly questionHash: Sha256;
  readonly asked: number;
}

export interface ListPage {
  readonly limit: number;
  /** The last one of the page before. */
  readonly before: { readonly asked: number; readonly queryId: string } | undefined;
}

export type NewQuery = Omit<QueryRecord, 'answered' | 'dryRun'>;

/** What one event has done, and where the query stands now that it is kept, with all that was kept together with it. */
export interface StepTaken extends Turn {
  readonly progress: Progress;
}

/** What a node has said, to be stored together with the step that it causes. */
export type Message =
  | { readonly kind: 'receipt'; readonly taskId: string; readonly jws: CompactJws; readonly reasons: readonly Reason[] }
  | {
      readonly kind: 'release';
      readonly taskId: string;
      readonly jws: CompactJws;
      readonly header: ReleaseHeader;
      readonly body: Uint8Array;
    };

/** A task on its way to its node. */
export interface Delivery {
  readonly task: TaskRecord;
  readonly query: QueryFacts;
  /** Signed headers of the open releases of earlier stages. */
  readonly evidence: readonly CompactJws[];
}

export interface FoundTask {
  readonly query: QueryFacts;
  readonly task: TaskFacts;
}

export interface StoredAnswer {
  /** RFC 8785 text. */
  readonly answer: string;
  /** `revier-result+jws`. */
  readonly result: CompactJws;
}

export interface QueryStore {
  /** False when the submission, or the key of the person, is there already; nothing is stored then. */
  add(query: NewQuery, idempotencyKey: string | undefined): Promise<boolean>;
  find(queryId: string): Promise<QueryRecord | undefined>;
  findSubmission(submissionId: Sha256): Promise<QueryRecord | undefined>;
  findKey(person: string, key: string): Promise<QueryRecord | undefined>;
  findTask(taskId: string): Promise<FoundTask | undefined>;
  /** How often a task has left for its node. */
  attempts(taskId: string): Promise<number>;
  /** One step at a time per query; a message is kept only if its task changed by it. Undefined: no such query. */
  step(queryId: string, event: Event, now: number, message?: Message): Promise<StepTaken | undefined>;
  /** Open tasks that are due for this holder; each is counted as one more attempt and due again at `again`. */
  takeDue(holder: ParticipantId, now: number, again: number): Promise<readonly Delivery[]>;
  /** A release body that is evidence of an open task of this holder. */
  evidenceBody(holder: ParticipantId, hash: Sha256): Promise<Uint8Array | undefined>;
  bodies(hashes: readonly Sha256[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** False when there is an answer already. */
  addAnswer(queryId: string, answer: StoredAnswer & Pick<Progress, 'outcome'>, at: number): Promise<boolean>;
  answer(queryId: string): Promise<StoredAnswer | undefined>;
  /** Every holder has had its time: entered once, and there is no answer. */
  endDryRun(queryId: string, at: number): Promise<void>;
  /** Whether its answer is there, or never will be. */
  isAnswered(queryId: string): Promise<boolean>;
  /** Queries of these persons, newest first. */
  list(persons: readonly string[], page: ListPage): Promise<readonly QuerySummary[]>;
  /** How many queries of a person are under way. */
  countUnanswered(person: string): Promise<number>;
  /** Queries without an answer, oldest first. */
  unanswered(): Promise<readonly { readonly queryId: string; readonly progress: Progress }[]>;
}

export interface PublishedDocument {
  readonly hash: Sha256;
  readonly signer: ParticipantId;
  readonly jws: CompactJws;
  readonly document: CatalogueDocument;
}

export interface PublishedAgreement {
  readonly hash: Sha256;
  readonly agreement: Agreement;
  readonly jws: GeneralJws;
}

/** Everything that is published at one moment, seen and changed by one at a time; `latest` is as it was at the beginning. */
export interface Publishing {
  readonly latest: CatalogueVersion | undefined;
  /** The current document of each kind and name. */
  documents(): Promise<readonly PublishedDocument[]>;
  agreements(): Promise<readonly PublishedAgreement[]>;
  put(document: PublishedDocument): Promise<void>;
  /** Replaces the agreements of one dataset. */
  putAgreements(dataset: DatasetId, agreements: readonly PublishedAgreement[]): Promise<void>;
  putVersion(version: CatalogueVersion): Promise<void>;
  /** Enters it into the log with the change. */
  tell(told: ToldAt): Promise<void>;
  /** Whether the log has been told of this before. */
  wasTold(hash: Sha256): Promise<boolean>;
}

export interface CatalogueStore {
  latest(): Promise<CatalogueVersion | undefined>;
  version(hash: Sha256): Promise<CatalogueVersion | undefined>;
  document(hash: Sha256): Promise<CompactJws | undefined>;
  documents(hashes: readonly Sha256[]): Promise<readonly CatalogueDocument[]>;
  agreements(register?: RegisterId): Promise<readonly PublishedAgreement[]>;
  publish<T>(work: (publishing: Publishing) => Promise<T>): Promise<T>;
}

/** The next trust list with what it has of signatures. */
export interface Draft {
  readonly hash: Sha256;
  readonly list: TrustList;
  readonly signatures: GeneralJws['signatures'];
}

/** What the log says of a change, in its transaction; `at` in milliseconds since the epoch. */
export interface ToldAt {
  readonly entry: EntryToLog;
  readonly at: number;
}

/** Where people ask to stand in the trust list. Nothing in it is believed by anybody: every participant verifies the signed list itself. */
export interface Office {
  /** False for a code that was there before: it is not made good again. */
  invite(code: Sha256, expires: number, told: ToldAt): Promise<boolean>;
  /** Keeps the request, and uses the code up with it; false for a code that is unknown, used, or over. */
  enrol(enrolment: GeneralJws, code: Sha256 | null, told: ToldAt): Promise<boolean>;
  /** Newest first. */
  enrolments(limit: number): Promise<readonly { readonly enrolment: GeneralJws; readonly received: number }[]>;
  /** Takes the place of the draft before, signatures and all. */
  putDraft(draft: Draft): Promise<void>;
  draft(): Promise<Draft | undefined>;
  /** Undefined when another draft has come meanwhile. */
  sign(hash: Sha256, signature: GeneralJws['signatures'][number]): Promise<Draft | undefined>;
  dropDraft(hash: Sha256): Promise<void>;
  /** A trust list of that version, as it was signed. */
  listOf(version: number): Promise<GeneralJws | undefined>;
}

>>>>>>> c028528 (Take releases for less: signatures by node:crypto under kept keys, headers by their one text, and events of a query in one pass instead of a look at all tasks for each)
/** Wakes whoever waits, in this process and in every other one on the same records. */
export interface Wakes {
  wake(topic: string): Promise<void>;
  /** The same for whoever may hear a little later: many wakes in a short time become one, and one may get lost. */
  wakeSoon(topic: string): void;
  /** `fn` is called when something may have happened. */
  on(topic: string, fn: () => void): () => void;
}

/** Something will look at the query at that time, or soon after. Not a place where anything is kept. */
export interface Reminders {
  remind(queryId: string, at: number): Promise<void>;
}

/** What holders have withdrawn, verified when it came. */
export interface Withdrawals {
  put(withdrawal: Withdrawal, statement: CompactJws): Promise<void>;
  of(submission: Sha256): Promise<readonly CompactJws[]>;
}

export interface Broker {
  readonly participant: ParticipantId;
  readonly realm: Realm;
  readonly signer: Signer;
  /** The newest trust list: it changes while the broker runs. */
  readonly trust: TrustKeeper;
  readonly office: Office;
  readonly queries: QueryStore;
  readonly sums: SumStore;
  readonly catalogues: CatalogueStore;
  readonly log: BrokerLog;
  readonly carried: CarriedLogs;
  readonly withdrawals: Withdrawals;
  readonly statuses: Statuses;
  readonly letters: Letters;
  readonly wakes: Wakes;
  readonly logIns: LogIns;
  readonly proofs: ProofStore;
  readonly decide: Decide;
  readonly reminders: Reminders;
  readonly logger: Logger;
  readonly limits: Limits;
  /** After so long a task that its node has said nothing about is offered again. */
  readonly redeliverSeconds: number;
  readonly observer: Observer;
  readonly crashPoint: CrashPoint<CrashLabel>;
  now(): number;
  /** A catalogue version, opened. @throws AppError CATALOGUE_UNKNOWN */
  vocabulary(hash: Sha256): Promise<Vocabulary>;
}
