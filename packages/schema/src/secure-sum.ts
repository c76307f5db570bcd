/** Secure sums (mode F): the steps that a broker asks of a member, and what a member says in each (docs/decisions/0019). */
import { z } from 'zod';
import { CompactJws } from './envelope.ts';
import { ParticipantId, Realm, Seconds, Sha256, Uuid } from './ids.ts';

/** Shares of a secret have coordinates of one byte. */
export const MOST_MEMBERS = 255;

const attempt = z.int().min(1).max(1000);
const base64url = (characters: number) => z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${characters}}$`));
/** 32 bytes. */
const Secret = base64url(43);

/** An ephemeral X25519 public key, for one attempt of one task. */
export const SumKey = z.strictObject({ attempt, key: Secret });
export type SumKey = z.infer<typeof SumKey>;

/** A share of a lost member's seed as that member has sealed it for the receiver: AES-256-GCM over one byte of place and 32 of share. */
export const SealedShare = base64url(66);

export const SumStep = z.discriminatedUnion('step', [
  /** Accept, with a key for this attempt. */
  z.strictObject({ step: z.literal('offer'), attempt }),
  /** Everybody has accepted: mask for exactly these. */
  z.strictObject({ step: z.literal('roster'), attempt, receipts: z.array(CompactJws).max(MOST_MEMBERS) }),
  /** Everybody has delivered: reveal the seed, and shares of the seeds of members that were lost since. */
  z.strictObject({
    step: z.literal('open'),
    attempt,
    /** The signed headers of all masked parts. */
    releases: z.array(CompactJws).max(MOST_MEMBERS),
    recover: z.array(z.strictObject({ member: ParticipantId, share: SealedShare })).max(MOST_MEMBERS),
  }),
]);
export type SumStep = z.infer<typeof SumStep>;

/** In the signed header of masked words: the sum that they are a part of. */
export const SumPart = z.strictObject({
  /** The submission that the sum was formed for: a later one hears of the same total. */
  submission: Sha256,
  attempt,
  /** Digest of the roster that was masked for. */
  roster: Sha256,
  members: z.array(ParticipantId).min(1).max(MOST_MEMBERS),
  /** Digest of the seed, so that nobody can open with another. */
  seed: Sha256,
  /** Of the noise in the opened total. */
  variance: z.number().positive().max(1000),
});
export type SumPart = z.infer<typeof SumPart>;

/** The payload of `revier-opening+jws`: a member opens its self mask, once for its cells and epoch. */
export const Opening = z
  .strictObject({
    taskId: Uuid,
    submissionId: Sha256,
    iss: ParticipantId,
    aud: ParticipantId,
    realm: Realm,
    attempt,
    roster: Sha256,
    seed: Secret,
    /** Place and share of the seed of each lost member that was asked for. */
    shares: z.record(ParticipantId, z.strictObject({ x: z.int().min(1).max(MOST_MEMBERS), y: Secret })),
    iat: Seconds,
  })
  .meta({ id: 'Opening' });
export type Opening = z.infer<typeof Opening>;

/** The CBOR body of a masked part: words modulo 2^64, low byte first, measure after measure in the order of the table's cells. */
export const MaskedBody = z.strictObject({
  format: z.literal('revier-masked/1'),
  table: Sha256,
  words: z.instanceof(Uint8Array),
  /** For each other member, its share of this member's seed, sealed. */
  shares: z.record(ParticipantId, SealedShare),
});
export type MaskedBody = z.infer<typeof MaskedBody>;
