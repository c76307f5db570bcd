/** Where an agreement is: the states of the Dataspace Protocol's negotiation, and the signed, numbered statements after it. */
import { z } from 'zod';
import { CompactJws } from './envelope.ts';
import { ParticipantId, Realm, Seconds, Sha256, Timestamp } from './ids.ts';

export const NegotiationState = z.enum([
  'REQUESTED',
  'OFFERED',
  'ACCEPTED',
  'AGREED',
  'VERIFIED',
  'FINALIZED',
  'TERMINATED',
]);
export type NegotiationState = z.infer<typeof NegotiationState>;

export const AgreementStatus = z.enum(['ACTIVE', 'SUSPENDED', 'SUPERSEDED', 'EXPIRED', 'REVOKED', 'COMPLETED']);
export type AgreementStatus = z.infer<typeof AgreementStatus>;

/** The highest number wins; the last four states are for ever. */
export const StatusStatement = z
  .strictObject({
    kind: z.literal('agreement-status'),
    agreement: Sha256,
    seq: z.int().min(1).max(1_000_000),
    status: AgreementStatus,
    by: ParticipantId,
    realm: Realm,
    at: Timestamp,
    /** For SUPERSEDED: the next version, and whether it takes something away. */
    successor: z.strictObject({ agreement: Sha256, tightening: z.boolean() }).optional(),
    reason: z.string().min(1).max(500).optional(),
  })
  .refine(({ status, successor }) => (status === 'SUPERSEDED') === (successor !== undefined), {
    message: 'a successor stands with SUPERSEDED, and only there',
    path: ['successor'],
  })
  .meta({ id: 'StatusStatement' });
export type StatusStatement = z.infer<typeof StatusStatement>;

/** The payload of `revier-resume+jws`, a general JWS: two persons end this very suspension, once. */
export const ResumeStatement = z.strictObject({
  kind: z.literal('resume'),
  node: ParticipantId,
  realm: Realm,
  agreement: Sha256,
  /** Number of the statement that has suspended it. */
  seq: z.int().min(1).max(1_000_000),
  reason: z.string().min(1).max(500),
  iat: Seconds,
  exp: Seconds,
});
export type ResumeStatement = z.infer<typeof ResumeStatement>;

/** What a holder tells the broker: `revier-status+jws`, each. */
export const StatusDelivery = z
  .strictObject({ statuses: z.array(CompactJws).min(1).max(200) })
  .meta({ id: 'StatusDelivery' });
export type StatusDelivery = z.infer<typeof StatusDelivery>;
