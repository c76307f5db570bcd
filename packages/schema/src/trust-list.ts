/** The trust list: who takes part, with which keys and roles, signed by m of n holders and pinned by everybody. */
import { z } from 'zod';
import { RecipientSector } from './constraint.ts';
import { CompactJws, GeneralJws, KeyId, PublicKey } from './envelope.ts';
import { ParticipantId, Realm, Seconds, Sha256, Timestamp } from './ids.ts';

export const ParticipantRole = z.enum(['data-holder', 'data-user', 'broker', 'source', 'operator']);
export type ParticipantRole = z.infer<typeof ParticipantRole>;

export const ParticipantKey = z.strictObject({
  kid: KeyId,
  key: PublicKey,
  /** Of an outgoing key: from then on nothing that it has signed counts any more. */
  until: Timestamp.optional(),
});
export type ParticipantKey = z.infer<typeof ParticipantKey>;

export const Participant = z.strictObject({
  id: ParticipantId,
  name: z.string().min(1).max(200),
  roles: z.array(ParticipantRole).min(1).max(5),
  /** Whose it is, where several participants belong to one organisation: those count as one in a secure sum. */
  organisation: ParticipantId.optional(),
  /** Purposes of EHDS Art. 53(1)(a) to (c) are for public bodies and their mandatees; unknown is neither. */
  sector: RecipientSector.optional(),
  keys: z.array(ParticipantKey).min(1).max(10),
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
    /** Keys whose word "this is the newest list" counts; never the broker's or the operator's. Production cannot do without. */
    timestampers: z.array(KeyId).min(1).max(50).optional(),
    participants: z.array(Participant).min(1).max(10_000),
  })
  .meta({ id: 'TrustList' });
export type TrustList = z.infer<typeof TrustList>;

/** Seconds that a timestamp may count at most. */
export const LONGEST_TIMESTAMP = 3600;

/** The payload of `revier-timestamp+jws`: at `iat` its signer knew no newer list. */
export const TrustTimestamp = z.strictObject({
  realm: Realm,
  version: z.int().min(1),
  list: Sha256,
  iat: Seconds,
  exp: Seconds,
});
export type TrustTimestamp = z.infer<typeof TrustTimestamp>;

/** `GET /v1/trust`, and `PUT /v1/trust` by whoever has something newer: both parts prove themselves. */
export const TrustView = z.strictObject({ trustList: GeneralJws, timestamp: CompactJws.nullable() }).meta({
  id: 'TrustView',
  description: 'The newest trust list with its newest timestamp; a broker is not believed about either',
});
export type TrustView = z.infer<typeof TrustView>;

/** Every reply of a broker carries the version of its trust list: a hint to look, and nothing more. */
export const TRUST_VERSION_HEADER = 'Revier-Trust-Version';
