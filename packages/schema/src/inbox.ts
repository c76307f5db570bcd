/** The inbox of a holder: what waits there, how one application looks, and how it is limited; on the loopback port only. */
import { z } from 'zod';
import { Agreement, Duty } from './agreement.ts';
import { NegotiationState } from './agreement-status.ts';
import { Application } from './application.ts';
import { Opinion, StandingPolicy } from './approval.ts';
import { ApprovalRole, Constraint } from './constraint.ts';
import { CompactJws } from './envelope.ts';
import { DatasetId, Name, ParticipantId, RegisterId, Sha256, Text, Timestamp } from './ids.ts';
import { Pid } from './negotiation.ts';

/** One negotiation, as the list has it. */
export const InboxEntry = z.strictObject({
  id: Pid,
  state: NegotiationState,
  /** Who it waits for; null when it is over. */
  waitsFor: z.enum(['people', 'data-user', 'node']).nullable(),
  dataUser: ParticipantId,
  /** These three are null where the first request was not valid. */
  register: RegisterId.nullable(),
  dataset: DatasetId.nullable(),
  title: Text.nullable(),
  came: Timestamp,
  /** Whole days since then. */
  days: z.int().min(0),
  /** Content hash of the agreement that is negotiated; null when there has never been a valid one. */
  draft: Sha256.nullable(),
  version: z.int().nullable(),
  isLimited: z.boolean(),
  missing: z.array(ApprovalRole),
  /** Why it has ended. */
  ended: z.strictObject({ code: z.string(), reason: z.array(z.string()) }).nullable(),
});
export type InboxEntry = z.infer<typeof InboxEntry>;

export const InboxList = z.strictObject({ entries: z.array(InboxEntry) }).meta({ id: 'InboxList' });
export type InboxList = z.infer<typeof InboxList>;

const sentence = z.strictObject({ ...Text.shape, pointer: z.string() });
const finding = z.strictObject({ ...sentence.shape, code: z.string(), severity: z.enum(['error', 'warning']) });
const change = z.strictObject({ ...sentence.shape, kind: z.enum(['added', 'removed', 'changed']) });
const verdicts = z.strictObject({ code: z.string(), times: z.int().min(1) });

const Simulation = z.strictObject({
  days: z.int(),
  /** Questions of that time about the dataset whose basis the log still has. */
  asked: z.int(),
  allowed: z.int(),
  denied: z.array(verdicts),
});

/** The figures of disclosure control on the lattice, as far as its public structure tells them. */
const LatticeCheck = z.strictObject({
  tables: z.int(),
  /** Not among the tables of agreements in force on this dataset. */
  added: z.int(),
  cells: z.int().nullable(),
  isSafe: z.boolean().nullable(),
  ...Text.shape,
});

/** Everything that somebody needs who decides. */
export const InboxView = z
  .strictObject({
    entry: InboxEntry,
    application: Application.nullable(),
    agreement: Agreement.nullable(),
    /** The agreement, sentence by sentence. */
    sentences: z.array(sentence),
    /** The tables in words, in the order of the lattice. */
    tables: z.array(z.strictObject({ hash: Sha256, ...Text.shape })),
    findings: z.array(finding),
    /** Against the holder's own model offer; null without one. */
    againstTemplate: z.strictObject({ template: z.string(), changes: z.array(change) }).nullable(),
    /** Against what was asked for, once somebody has limited it; against the version in force for an amendment. */
    againstAsked: z.array(change).nullable(),
    againstCurrent: z.array(change).nullable(),
    simulation: Simulation.nullable(),
    lattice: LatticeCheck.nullable(),
    /** Why parts of this are missing, when the catalogue of the application could not be opened. */
    unopened: z.string().nullable(),
    approvals: z.array(
      z.strictObject({
        role: ApprovalRole,
        person: z.string(),
        at: Timestamp,
        until: Timestamp,
        policy: Sha256.nullable(),
      }),
    ),
    required: z.array(ApprovalRole),
    author: z.string().nullable(),
    opinions: z.array(z.strictObject({ by: z.string(), at: Timestamp, opinion: Opinion })),
    opinionMissing: z.boolean(),
  })
  .meta({ id: 'InboxView' });
export type InboxView = z.infer<typeof InboxView>;

/** How somebody at the holder wants it limited; whatever is left out stays as it was asked for. */
export const LimitWishes = z
  .strictObject({
    spatial: Name.optional(),
    temporal: Name.optional(),
    age: Name.optional(),
    minCellSize: z.int().min(3).max(1000).optional(),
    maxDimensions: z.int().min(0).max(6).optional(),
    /** Only these tables; a beginning of the hash will do where it is the only one. */
    tables: z.array(z.string().min(8).max(80)).min(1).max(2000).optional(),
    withoutVariables: z.array(Name).min(1).max(50).optional(),
    budgetCells: z.int().min(1).max(1_000_000_000).optional(),
    questions: z.int().min(1).max(1_000_000).optional(),
    until: Timestamp.optional(),
    /** A committee's conditions, for instance. */
    constraints: z.array(Constraint).max(20).optional(),
    duties: z
      .array(Duty.omit({ '@id': true }))
      .max(10)
      .optional(),
  })
  .meta({ id: 'LimitWishes' });
export type LimitWishes = z.infer<typeof LimitWishes>;

/** A limited draft before anybody has signed it. */
export const LimitedDraft = z
  .strictObject({ agreement: Agreement, hash: Sha256, draft: Sha256, changes: z.array(change) })
  .meta({ id: 'LimitedDraft' });
export type LimitedDraft = z.infer<typeof LimitedDraft>;

export const StandingPolicyList = z
  .strictObject({
    policies: z.array(
      z.strictObject({
        hash: Sha256,
        policy: StandingPolicy,
        signers: z.array(z.string()),
        isInForce: z.boolean(),
        ended: Timestamp.nullable(),
      }),
    ),
  })
  .meta({ id: 'StandingPolicyList' });
export type StandingPolicyList = z.infer<typeof StandingPolicyList>;

/** What is handed in: approval, rejection or opinion; each names the draft that it is about. */
export const SignedWord = z.strictObject({ statement: CompactJws }).meta({ id: 'SignedWord' });
export type SignedWord = z.infer<typeof SignedWord>;

/** A limited draft handed in, signed by who has made it. */
export const LimitHandedIn = z
  .strictObject({ agreement: Agreement, statement: CompactJws })
  .meta({ id: 'LimitHandedIn' });
export type LimitHandedIn = z.infer<typeof LimitHandedIn>;
