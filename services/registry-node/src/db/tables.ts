/** The node's records as tables, in a schema of its own; written by hand, the migrations are the truth. */
import type { AuditLogTables } from '@revier/service-kit';
import type { Generated } from 'kysely';

export interface NodeTables extends AuditLogTables {
  agreement: {
    hash: string;
    register: string;
    dataset: string;
    version: number;
    /** Canonical text. */
    content: string;
    /** General JWS as JSON text. */
    signed: string;
    in_force: boolean;
  };
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
  };
  /** The outbox. A body stands in `answer`. */
  message: {
    id: string;
    seq: Generated<string>;
    task_id: string;
    kind: 'receipt' | 'release';
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
