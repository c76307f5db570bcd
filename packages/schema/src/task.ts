/** Tasks and receipts: one query on its way to one node, and the node's signed word that it accepts or refuses. */
import { z } from 'zod';
import { CompactJws } from './envelope.ts';
import { PolicyMode } from './floor.ts';
import { DatasetId, Name, ParticipantId, Realm, Seconds, Sha256, Uuid } from './ids.ts';
import { SumKey, SumStep } from './secure-sum.ts';

/** One stage's answer that travels to a later stage: the holder's signed release header; its body is fetched by hash. */
export const Evidence = CompactJws;

/** The payload of `revier-task+jws`, signed by the broker. It carries no plan: the node makes its own; and no query: that travels beside it. */
export const Task = z
  .strictObject({
    taskId: Uuid,
    submissionId: Sha256,
    iss: ParticipantId,
    aud: ParticipantId,
    realm: Realm,
    /** Digest of the text of the signed query (`revier-query+jws`). */
    query: Sha256,
    /** Vouches for the key of the query. */
    credential: CompactJws,
    /** Which stage of the plan, and which dataset of this holder. */
    stage: z.int().min(0).max(3),
    dataset: DatasetId,
    attempt: z.int().min(1).max(1000),
    evidence: z.array(Evidence).max(1000),
    /** Mode F: which step of a secure sum this delivery is for. */
    sum: SumStep.optional(),
    iat: Seconds,
    exp: Seconds,
  })
  .meta({ id: 'Task' });
export type Task = z.infer<typeof Task>;

/**
 * A task on its way. A query to many names all of them, so it stands beside the task: not encoded a second time, and not
 * signed again for every node.
 */
export const SentTask = z
  .strictObject({ task: CompactJws, query: CompactJws })
  .meta({ id: 'SentTask', description: 'A signed task, and the signed query whose digest it names' });
export type SentTask = z.infer<typeof SentTask>;

export const TaskList = z.strictObject({ tasks: z.array(SentTask).max(100) }).meta({ id: 'TaskList' });
export type TaskList = z.infer<typeof TaskList>;

/**
 * Reasons of a refusal. Each follows from public facts (query, agreement, clock); whatever depends on data is `withheld`
 * in the cells instead, and never refused.
 */
export const RefusalCode = z.enum([
  'SIGNATURE_INVALID',
  'WRONG_AUDIENCE',
  'WRONG_REALM',
  'EXPIRED',
  'REPLAYED',
  'CREDENTIAL_INVALID',
  'CATALOGUE_UNKNOWN',
  'QUESTION_INVALID',
  'NOT_AGREED',
  'POLICY_INVALID',
  'PURPOSE',
  'PURPOSE_UNKNOWN',
  'SECTOR',
  'RECIPIENT',
  'LEGAL_BASIS',
  'TABLE_NOT_AGREED',
  'VARIABLE_NOT_AGREED',
  'GRAIN_TOO_FINE',
  'VERSION_DIFFERS',
  'NOT_IN_FORCE',
  'SUSPENDED',
  'REVOKED',
  'APPROVAL',
  'BUDGET',
  'QUOTA',
  'DUTY',
  'MIN_NODES',
  'PROHIBITED',
  'FLOOR',
  'COVERAGE_CHANGED',
  'MEMBERS_INVALID',
  'EVIDENCE_INVALID',
  'EPOCH_SEALED',
  'STOPPED',
  'FAILED',
]);
export type RefusalCode = z.infer<typeof RefusalCode>;

/** `pointer` leads into the agreement (`/permission/0/constraint/2`) or into the question. */
export const Reason = z.strictObject({ code: RefusalCode, pointer: z.string().max(300), hint: z.string().max(500) });
export type Reason = z.infer<typeof Reason>;

/** What a dry run tells: whether this would be answered, how, and what is left; from public facts and from figures already released. */
export const Assessment = z.strictObject({
  wouldAnswer: z.boolean(),
  /** With pointers into the agreement; empty when it would be answered. */
  reasons: z.array(Reason).max(20),
  agreement: Sha256.nullable(),
  table: Sha256,
  mode: PolicyMode,
  /** Persons; null for exact figures of a public dataset, or where nothing was decided. */
  minCellSize: z.int().nullable(),
  /** Level of each dimension. */
  grain: z.array(z.strictObject({ variable: Name, level: Name })).max(10),
  cells: z.int().min(0),
  /** What is left before this query; null where the agreement sets no limit. */
  left: z.strictObject({ cells: z.int().nullable(), queries: z.int().nullable() }),
  /** Share of cells withheld, in hundredths, where this very table has been released before; null otherwise. */
  withheldPercent: z.int().min(0).max(100).nullable(),
});
export type Assessment = z.infer<typeof Assessment>;

const receipt = {
  taskId: Uuid,
  submissionId: Sha256,
  iss: ParticipantId,
  aud: ParticipantId,
  realm: Realm,
  attempt: z.int().min(1).max(1000),
  iat: Seconds,
};

/** The payload of `revier-receipt+jws`. */
export const Receipt = z
  .discriminatedUnion('decision', [
    z.strictObject({
      ...receipt,
      decision: z.literal('accepted'),
      agreement: Sha256,
      table: Sha256,
      /** Mode F: the key of one attempt. */
      sum: SumKey.optional(),
    }),
    z.strictObject({ ...receipt, decision: z.literal('refused'), reasons: z.array(Reason).min(1).max(20) }),
    /** Of a dry run. */
    z.strictObject({ ...receipt, decision: z.literal('assessed'), assessment: Assessment }),
  ])
  .meta({ id: 'Receipt' });
export type Receipt = z.infer<typeof Receipt>;
