/** Queries and their tasks, as they are kept: what was asked, what nodes have said, and the answer. */

import type {
  CompactJws,
  DatasetId,
  DisclosureMode,
  Envelope,
  ParticipantId,
  Reason,
  RegisterId,
  ReleaseHeader,
  Sha256,
  SignedQuery,
} from '@revier/schema';
import type { Event, Progress, TaskProgress } from './progress/advance.ts';
import type { Turn } from './progress/advance-all.ts';

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
