/** The node's records as tables, in a schema of its own; written by hand, the migrations are the truth. */
import type { AuditLogTables } from '@revier/service-kit';
import type { ColumnType, Generated } from 'kysely';
import type { CarriedTables } from './carried-charges.ts';
import type { HistoryTables } from './history.ts';
import type { InboxTables } from './inbox.ts';
import type { LinkedTables } from './linked-tables.ts';
import type { SumTables } from './secure-sums.ts';

/** An instant, to the millisecond. */
export type Instant = ColumnType<Date, Date, Date>;
type MaybeInstant = ColumnType<Date | null, Date | null, Date | null>;

export interface NodeTables extends AuditLogTables, InboxTables, SumTables, CarriedTables, LinkedTables, HistoryTables {
  agreement: {
    hash: string;
    register: string;
    dataset: string;
    version: number;
    /** Canonical text. */
    content: string;
    /** General JWS as JSON text. */
    signed: string;
    /** JSON list of whose signatures were verified. */
    signed_by: string;
    /** Hash of version 1. */
    lineage: string;
    author: string | null;
    /** Canonical text, and the signed object. */
    application: string | null;
    application_jws: string | null;
    activated_at: Instant;
  };
  /** Numbered statements, one line of them for each agreement. */
  agreement_status: {
    agreement: string;
    seq: number;
    status: string;
    /** Canonical text. */
    content: string;
    jws: string;
    /** The stop that it follows from. */
    cause: string | null;
    /** The data user has been sent it. */
    sent: boolean;
  };
  /** Who has approved an agreement; a statement is a JWS, or a general one as JSON text. */
  approval: { agreement: string; role: string; person: string; kid: string; statement: string; at: Instant };
  /** What was charged: once for a submission and dataset, whatever comes of it. */
  charge: {
    submission_id: string;
    dataset: string;
    lineage: string;
    agreement: string;
    cells: number;
    at: Instant;
    /** What has left of it. */
    released_at: MaybeInstant;
    body_hash: string | null;
  };
  /** What is known of duties beside the agreements themselves: reported as done, or due at once. */
  duty: { lineage: string; duty: string; due_since: MaybeInstant; done_at: MaybeInstant; report: string | null };
  /** Verified documents of catalogues, as signed. */
  document: { hash: string; jws: string };
  /** Canonical text of a catalogue version. */
  catalogue: { hash: string; content: string };
  task: {
    task_id: string;
    identity: string;
    submission_id: string;
    dataset: string;
    stage: number;
    attempt: number;
    decision: 'released' | 'refused' | 'assessed';
    /** Under which it was released; null of what was released before this was kept, and of refusals. */
    agreement: string | null;
  };
  /** The outbox. A body stands in `answer`. */
  message: {
    id: string;
    seq: Generated<string>;
    task_id: string;
    kind: 'receipt' | 'release' | 'opening';
    jws: string;
    body_hash: string | null;
    state: 'pending' | 'done' | 'dropped';
  };
  answer: {
    dataset: string;
    epoch: string;
    table_hash: string;
    /** Persons; 0 for exact figures of a public dataset. */
    min_cell_size: number;
    versions: string;
    body_hash: string;
    body: Buffer;
  };
  coverage: { dataset: string; epoch: string; table_hash: string; digest: string };
  /** Stops, the newest last; the node works while every one has ended. */
  stop: {
    /** Hash of the content. */
    id: string;
    seq: Generated<string>;
    /** Canonical text. */
    content: string;
    reconciled: boolean;
    /** Hash of the statement that has ended it. */
    ended: string | null;
  };
  /** Enrolled with a key of their own. */
  person: { kid: string; name: string; role: string; key: string };
  /** The first roll, and each change by two signatures (General JWS as JSON text). */
  people_change: { seq: Generated<string>; signed: string | null };
  /** One row: the name by which the mark in the folder knows these records. */
  place: { id: string };
  /** Stops after a restore, with the entries that the log is known to have had. */
  restore: { stop: string; known_size: string };
  sealed_epoch: { dataset: string; epoch: string };
  /** Never in force again, whatever papers come. */
  revoked_agreement: { hash: string };
}
