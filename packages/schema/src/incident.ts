/** An incident at a holder: who has received what, and the signed word that it is withdrawn. */
import { z } from 'zod';
import { CompactJws } from './envelope.ts';
import { DatasetId, ParticipantId, Realm, Seconds, Sha256, Timestamp } from './ids.ts';

/** The payload of `revier-withdrawal+jws`: the holder takes back its part of these answers. */
export const Withdrawal = z.strictObject({
  kind: z.literal('withdrawal'),
  iss: ParticipantId,
  aud: ParticipantId,
  realm: Realm,
  releases: z
    .array(z.strictObject({ submission: Sha256, dataset: DatasetId }))
    .min(1)
    .max(1000),
  reason: z.string().min(1).max(500),
  iat: Seconds,
});
export type Withdrawal = z.infer<typeof Withdrawal>;

export const WithdrawalDelivery = z.strictObject({ withdrawal: CompactJws }).meta({ id: 'WithdrawalDelivery' });
export type WithdrawalDelivery = z.infer<typeof WithdrawalDelivery>;

/** One release that has left, from the holder's audit log. */
export const Recipient = z
  .strictObject({
    at: Timestamp,
    submission: Sha256,
    dataset: DatasetId,
    register: z.string().nullable(),
    purpose: z.string().nullable(),
    organisation: z.string().nullable(),
    /** Null once the opening is erased. */
    person: z.string().nullable(),
    mode: z.string().nullable(),
    /** Digest of the figures. */
    body: z.string().nullable(),
  })
  .meta({ id: 'Recipient' });
export type Recipient = z.infer<typeof Recipient>;

export const RecipientList = z.strictObject({ recipients: z.array(Recipient) }).meta({ id: 'RecipientList' });
export type RecipientList = z.infer<typeof RecipientList>;
