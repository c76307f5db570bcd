/** What a data user keeps of its registers: one file for each, whole; who reads it sees where every negotiation is. */
import {
  Agreement,
  CompactJws,
  DatasetId,
  GeneralJws,
  JwsSignature,
  NegotiationState,
  ParticipantId,
  Pid,
  PolicyOffer,
  RegisterId,
  Sha256,
  StatusStatement,
  Timestamp,
  Uuid,
} from '@revier/schema';
import { z } from 'zod';

const sentence = z.string().max(2000);

export const NegotiationRecord = z.strictObject({
  holder: ParticipantId,
  dataset: DatasetId,
  consumerPid: Pid,
  /** Known from the holder's first word on. */
  providerPid: Pid.nullable(),
  state: NegotiationState,
  since: Timestamp,
  /** When it was first asked for. */
  requested: Timestamp,
  /** What we have asked for last. */
  offer: PolicyOffer,
  /** What the holder has offered instead; in force once accepted. */
  proposed: PolicyOffer.nullable(),
  agreement: z
    .strictObject({ hash: Sha256, agreement: Agreement, assigner: JwsSignature, signed: GeneralJws.nullable() })
    .nullable(),
  /** Messages that were heard: each counts once. */
  heard: z.array(Uuid),
  statuses: z.array(StatusStatement),
  duties: z.array(z.strictObject({ duty: z.string(), evidence: sentence, doneAt: Timestamp })),
  /** Who has ended it, and why. */
  ended: z.strictObject({ by: ParticipantId, code: z.string().nullable(), reasons: z.array(sentence) }).nullable(),
  /** We want it no more, but could not say so before the holder's first word. */
  withdrawn: z.boolean(),
  /** Words that did not fit, and what was done about them. */
  notes: z.array(z.strictObject({ at: Timestamp, note: sentence })),
});
export type NegotiationRecord = z.infer<typeof NegotiationRecord>;

export const Outgoing = z.strictObject({ to: ParticipantId, letter: CompactJws });
export type Outgoing = z.infer<typeof Outgoing>;

export const RegisterRecord = z.strictObject({
  kind: z.literal('register-record'),
  register: RegisterId,
  /** Each version, oldest first. */
  applications: z.array(CompactJws).min(1),
  closed: Timestamp.nullable(),
  negotiations: z.array(NegotiationRecord),
  /** Signed and written down before they are sent, so that a crash in between repeats them and changes nothing. */
  outgoing: z.array(Outgoing),
});
export type RegisterRecord = z.infer<typeof RegisterRecord>;

/** How far the post was read. */
export const PostRecord = z.strictObject({ after: z.int().min(0) });
export type PostRecord = z.infer<typeof PostRecord>;
