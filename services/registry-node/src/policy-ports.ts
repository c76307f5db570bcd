/** What the rooms need to know about agreements at work: what was agreed, how it stands, what was spent under it, what is owed. */
import type { AgreementLife } from '@revier/core';
import type {
  Agreement,
  Application,
  ApprovalRole,
  CompactJws,
  DutyReport,
  GeneralJws,
  KeyId,
  ParticipantId,
  Sha256,
  StatusStatement,
} from '@revier/schema';
import type { AnswerKey, AuditEntry, DroppedRelease } from './ports.ts';

/** One person's signed word on the very bytes of an agreement. Instants are milliseconds since the epoch. */
export interface StoredApproval {
  readonly role: ApprovalRole;
  /** As enrolled; it stays in the records and never enters the audit log. */
  readonly person: string;
  readonly kid: KeyId;
  /** The statement: of a person, or of the two who signed a standing policy. */
  readonly statement: CompactJws | GeneralJws;
  readonly at: number;
}

/** The application that an agreement was made for, verified when it came. */
export interface KeptApplication {
  readonly application: Application;
  readonly signed: CompactJws;
}

/** One concluded agreement: it never changes again. */
export interface StoredAgreement {
  readonly hash: Sha256;
  /** As admitted: a decision under it need not check it again. */
  readonly agreement: Agreement;
  readonly signed: GeneralJws;
  /** Whose signatures were verified when it was concluded. */
  readonly signedBy: readonly ParticipantId[];
  /** Hash of its first version: budgets, counts and duties belong to it, and carry over. */
  readonly lineage: Sha256;
  /** Pseudonym of who has written the application; null for an agreement that was given as a file. */
  readonly author: string | null;
  readonly approvals: readonly StoredApproval[];
  readonly application: KeptApplication | null;
  readonly activatedAt: number;
}

/** A status statement as signed by this holder. */
export interface SignedStatus {
  readonly statement: StatusStatement;
  readonly jws: CompactJws;
}

/** What is entered together with a statement; `cause` names a stop, so that the start after it takes back what it has suspended. */
export interface StatusToEnter extends SignedStatus {
  readonly cause: string | null;
  readonly audit: AuditEntry;
}

export interface Conclusion {
  readonly agreement: Omit<StoredAgreement, 'lineage'>;
  readonly active: StatusToEnter;
  /** Ends the version before, unless that is over anyway. */
  readonly superseding: StatusToEnter | null;
}

/** How an agreement stands. */
export interface AgreementStanding {
  readonly stored: StoredAgreement;
  readonly life: AgreementLife;
  /** Of the statement that decides. */
  readonly cause: string | null;
}

/** What was spent under a lineage, this very question left out. */
export interface Spent {
  readonly cells: number;
  readonly questions: number;
  /** By window (`P7D`), as asked for. */
  readonly within: Readonly<Record<string, number>>;
  readonly firstRelease: number | null;
}

/** Something owed under a lineage, as far as it was reported or is due earlier than the agreement says. */
export interface DutyStanding {
  readonly duty: string;
  /** Due at once since then, whatever the agreement says: it was revoked. */
  readonly dueSince: number | null;
  readonly doneAt: number | null;
}

/** Everything about an agreement that a decision depends on, as of one moment. */
export interface PolicyFacts extends AgreementStanding {
  readonly spent: Spent;
  /** What this very question was charged before, if it was. */
  readonly charged: number | null;
  readonly duties: readonly DutyStanding[];
}

/** Which question is decided about: its own charge is left out of what was spent. */
export interface AskedUnder {
  readonly agreement: Sha256;
  readonly submission: Sha256;
  readonly dataset: string;
  /** As of when, in milliseconds. */
  readonly now: number;
  /** Windows of counts that the agreement names. */
  readonly windows: readonly string[];
}

export interface ChargeToEnter {
  readonly cells: number;
  readonly audit: AuditEntry;
}

export interface Agreements {
  /** One transaction. `known`: it was there before, and stays as it was; `moved`: a status was stated meanwhile, try again. */
  conclude(conclusion: Conclusion): Promise<'concluded' | 'known' | 'moved'>;
  find(hash: Sha256): Promise<StoredAgreement | undefined>;
  standing(hash: Sha256): Promise<AgreementStanding | undefined>;
  /** All, newest first. */
  list(): Promise<readonly AgreementStanding[]>;
  /** The newest that is ACTIVE for a register and dataset. */
  inForce(register: string, dataset: string): Promise<StoredAgreement | undefined>;
  /** Those among the hashes that are for this register and dataset, in force or not. */
  named(hashes: readonly Sha256[], register: string, dataset: string): Promise<readonly StoredAgreement[]>;
  /** Oldest first. */
  statuses(hash: Sha256): Promise<readonly SignedStatus[]>;
  /** False when its number is taken, or it may not follow: somebody else has stated something meanwhile. */
  state(status: StatusToEnter): Promise<boolean>;
  /** The stop that an agreement was suspended for is forgotten: now it is suspended for its own sake. */
  keepSuspended(hash: Sha256, audit: AuditEntry): Promise<void>;
  /** Statements that the data user has not been sent yet, oldest first; and that one was sent. */
  unsent(): Promise<readonly SignedStatus[]>;
  sent(agreement: Sha256, seq: number): Promise<void>;
}

/** What is charged, and what is owed: the books of the lineages. */
export interface Accounts {
  facts(asked: AskedUnder): Promise<PolicyFacts | undefined>;
  /**
   * Decides under the lock of the log, and charges what `decide` says in the same transaction, once for a submission and dataset.
   * @param decide null: nothing is charged. `wasReleased` tells whether the answer under this key has reached this lineage before.
   */
  charge(
    asked: AskedUnder,
    decide: (
      facts: PolicyFacts | undefined,
      wasReleased: (key: AnswerKey) => Promise<boolean>,
    ) => Promise<ChargeToEnter | null>,
  ): Promise<void>;
  /** Whether the answer under this key has reached this lineage before. */
  wasReleased(lineage: Sha256, key: AnswerKey): Promise<boolean>;
  /** Releases under the lineage of this agreement, or under this version alone, that have not left yet never will; returns them. */
  dropReleases(agreement: Sha256, which?: 'of-version'): Promise<readonly DroppedRelease[]>;
  spentUnder(agreement: StoredAgreement, now: number): Promise<Spent>;
  duties(lineage: Sha256): Promise<readonly DutyStanding[]>;
  /** Entered once; false when it was done before. */
  done(lineage: Sha256, report: DutyReport, signed: CompactJws, audit: AuditEntry): Promise<boolean>;
  /** True once for each: whether it has still to be said. */
  remind(key: string): Promise<boolean>;
  /** These are due at once. */
  dueNow(lineage: Sha256, duties: readonly string[], at: number): Promise<void>;
}

/** Told whenever an agreement was concluded or its status stated. */
export interface Changes {
  readonly emit: (agreement: Sha256) => void;
  readonly on: (fn: (agreement: Sha256) => void) => () => void;
}
