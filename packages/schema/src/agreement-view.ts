/** Agreements at work as a node shows them to its holder: how each stands, what is left, what is owed; and how a status is asked for. */
import { z } from 'zod';
import { Agreement } from './agreement.ts';
import { AgreementStatus } from './agreement-status.ts';
import { ApprovalRole } from './constraint.ts';
import { CompactJws, GeneralJws } from './envelope.ts';
import { DatasetId, ParticipantId, RegisterId, Sha256, Timestamp } from './ids.ts';

const account = z.strictObject({ limit: z.int().nullable(), spent: z.int() });

export const AgreementView = z
  .strictObject({
    hash: Sha256,
    register: RegisterId,
    dataset: DatasetId,
    dataUser: ParticipantId,
    version: z.int(),
    /** Hash of the first version: accounts and duties are those of all its versions. */
    lineage: Sha256,
    status: AgreementStatus.nullable(),
    /** Of the statement that decides. */
    seq: z.int(),
    since: Timestamp,
    /** Null where a permission has no end. */
    ends: Timestamp.nullable(),
    cells: account,
    /** Altogether, and within windows. */
    questions: z.array(account.extend({ per: z.string().nullable() })),
    duties: z.array(
      z.strictObject({
        duty: z.string(),
        action: z.string(),
        state: z.enum(['waiting', 'owed', 'overdue', 'done']),
        due: Timestamp.nullable(),
      }),
    ),
  })
  .meta({ id: 'AgreementView' });
export type AgreementView = z.infer<typeof AgreementView>;

export const AgreementList = z.strictObject({ agreements: z.array(AgreementView) }).meta({ id: 'AgreementList' });
export type AgreementList = z.infer<typeof AgreementList>;

export const LongAgreementView = AgreementView.extend({
  agreement: Agreement,
  signed: GeneralJws,
  /** Oldest first. */
  statements: z.array(CompactJws),
  /** In which roles, and when; not by whom. */
  approvals: z.array(z.strictObject({ role: ApprovalRole, at: Timestamp })),
}).meta({ id: 'LongAgreementView' });
export type LongAgreementView = z.infer<typeof LongAgreementView>;

const word = { reason: z.string().min(1).max(500), by: z.string().min(1).max(200) };

/** One person suspends, revokes or completes; two resume, by a signed statement. */
export const StatusRequest = z
  .discriminatedUnion('status', [
    z.strictObject({ status: z.literal('SUSPENDED'), ...word }),
    z.strictObject({
      status: z.literal('REVOKED'),
      ...word,
      /** What was delivered stays as it is, and is not withdrawn. */
      keepResults: z.boolean().default(false),
    }),
    z.strictObject({ status: z.literal('COMPLETED'), ...word }),
    z.strictObject({ status: z.literal('ACTIVE'), signed: GeneralJws }),
  ])
  .meta({ id: 'StatusRequest' });
export type StatusRequest = z.infer<typeof StatusRequest>;

/** The receipt: the signed statement, and what it has ended. */
export const StatusDone = z
  .strictObject({
    statement: CompactJws,
    /** Questions under way that were cancelled. */
    cancelled: z.int(),
    /** Answers kept back that had not left. */
    dropped: z.int(),
    /** Answers withdrawn that had left. */
    withdrawn: z.int(),
    withdrawals: z.array(CompactJws),
    /** Whether the broker knows by now; else it is told as soon as it can be reached. */
    told: z.boolean(),
  })
  .meta({ id: 'StatusDone' });
export type StatusDone = z.infer<typeof StatusDone>;
