/** The tables of schema `broker`, by hand: what the migrations have made. */

import type { AuditLogTables } from '@revier/service-kit';
import type { ColumnType, Generated } from 'kysely';
import type { SumTables } from './0012-secure-sums.ts';

/** Instants are kept with their zone; the adapter turns them into milliseconds. */
type Instant = ColumnType<Date, Date, Date>;

type Big = ColumnType<string, number, number>;

export interface BrokerTables extends SumTables, AuditLogTables {
  /** Of every log, with the proof that it goes on from `from_size`; a JSON list of base64. */
  carried_checkpoints: {
    origin: string;
    size: Big;
    note: string;
    from_size: Big;
    proof: string;
    came: Generated<Date>;
  };
  carried_cosignatures: { origin: string; size: Big; witness: string; line: string };
  documents: {
    hash: string;
    kind: string;
    name: string;
    signer: string;
    jws: string;
    current: boolean;
    published: Generated<Date>;
  };
  catalogues: { version: number; hash: string; catalogue: string; made: Generated<Date> };
  agreements: { hash: string; dataset: string; register: string; holder: string; jws: string };
  queries: {
    query_id: string;
    submission_id: string;
    person: string;
    signed: string;
    signed_hash: string;
    envelope: string;
    question_hash: string;
    asked: Instant;
    stage: number;
    stage_ends: Instant;
    ends: Instant;
    least: number;
    outcome: string | null;
    answered: Instant | null;
    steps: Generated<number>;
  };
  idempotency_keys: { person: string; key: string; query_id: string };
  tasks: {
    task_id: string;
    query_id: string;
    holder: string;
    dataset: string;
    stage: number;
    mode: string;
    agreement: string;
    status: string;
    attempt: number;
    due: Instant | null;
    receipt: string | null;
    reasons: string | null;
    release: string | null;
    body: string | null;
  };
  invitations: { code: string; expires: Instant; used: ColumnType<Date | null, Date | null, Date | null> };
  enrolments: { hash: string; jws: string; received: Instant };
  drafts: { place: number; hash: string; list: string; signatures: string };
  bodies: { hash: string; bytes: Uint8Array };
  /** Digest of key and `jti`. */
  proofs: { proof: string; until: Instant };
  /** The last number given to each recipient. */
  letter_boxes: { recipient: string; last: Big };
  letters: {
    recipient: string;
    seq: Big;
    hash: string;
    sender: string;
    kind: string;
    size: number;
    jws: string;
    came: Instant;
  };
  applications: { register: string; data_user: string; version: number; hash: string; jws: string };
  negotiations: {
    data_user: string;
    consumer_pid: string;
    holder: string;
    dataset: string;
    register: string;
    state: string;
    since: Instant;
    begun: Instant;
  };
  statuses: { agreement: string; holder: string; hash: string; content: string; statement: string };
  withdrawals: { submission_id: string; holder: string; statement: string };
  answers: { query_id: string; answer: string; result: string };
}

export const SCHEMA = 'broker';
