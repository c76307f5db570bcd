/** The trust list: who takes part, with which keys and roles, signed by m of n holders and pinned by everybody. */
import { z } from 'zod';
import { KeyId, PublicKey } from './envelope.ts';
import { ParticipantId, Realm, Timestamp } from './ids.ts';

export const ParticipantRole = z.enum(['data-holder', 'data-user', 'broker', 'source']);
export type ParticipantRole = z.infer<typeof ParticipantRole>;

export const Participant = z.strictObject({
  id: ParticipantId,
  name: z.string().min(1).max(200),
  roles: z.array(ParticipantRole).min(1).max(4),
  keys: z
    .array(z.strictObject({ kid: KeyId, key: PublicKey }))
    .min(1)
    .max(10),
});
export type Participant = z.infer<typeof Participant>;

export const TrustList = z
  .strictObject({
    kind: z.literal('trust-list'),
    realm: Realm,
    version: z.int().min(1),
    issued: Timestamp,
    expires: Timestamp,
    /** How many of `signers` must sign the next version. */
    threshold: z.int().min(1).max(50),
    signers: z.array(KeyId).min(1).max(50),
    participants: z.array(Participant).min(1).max(10_000),
  })
  .meta({ id: 'TrustList' });
export type TrustList = z.infer<typeof TrustList>;
