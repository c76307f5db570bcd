/** Enrolment: how somebody new, or somebody with a new key, asks to stand in the trust list, and how a list is drafted and signed. */
import { z } from 'zod';
import { GeneralJws, KeyId, PublicKey } from './envelope.ts';
import { ParticipantId, Realm, Seconds, Sha256, Timestamp } from './ids.ts';
import { Participant, ParticipantRole, TrustList } from './trust-list.ts';

/** Minutes that an invitation is good for. */
export const INVITATION_MINUTES = 15;

/** The payload of `revier-enrolment+jws`, signed by the new key and, where it takes another one's place, by that as well. */
export const Enrolment = z.strictObject({
  id: ParticipantId,
  name: Participant.shape.name,
  roles: z.array(ParticipantRole).min(1).max(5),
  key: z.strictObject({ kid: KeyId, key: PublicKey }),
  /** Hash of the secret of the invitation; null for a rotation. */
  code: Sha256.nullable(),
  /** The key whose place the new one takes; null for somebody new. */
  replaces: KeyId.nullable(),
  /** The broker. */
  aud: ParticipantId,
  realm: Realm,
  iat: Seconds,
});
export type Enrolment = z.infer<typeof Enrolment>;

/** Secret of an invitation: 128 bits in base 32 (RFC 4648, lower case, no padding). */
export const InvitationSecret = z.string().regex(/^[a-z2-7]{26}$/, 'expected 26 characters of base 32');

/** `POST /v1/enrolments`. */
export const EnrolmentDelivery = z.strictObject({ secret: InvitationSecret.nullable(), enrolment: GeneralJws }).meta({
  id: 'EnrolmentDelivery',
  description: 'A request to stand in the trust list, with the proof of possession of its key',
});
export type EnrolmentDelivery = z.infer<typeof EnrolmentDelivery>;

/** `POST /v1/operator/invitations`: the broker learns the hash, never the code before it is used. */
export const Invitation = z.strictObject({ code: Sha256 }).meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof Invitation>;

export const InvitationMade = z.strictObject({ expires: Timestamp }).meta({ id: 'InvitationMade' });
export type InvitationMade = z.infer<typeof InvitationMade>;

/** `GET /v1/operator/enrolments`, newest first: whoever admits verifies each one anew. */
export const EnrolmentList = z
  .strictObject({
    enrolments: z.array(z.strictObject({ received: Timestamp, enrolment: GeneralJws })).max(100),
  })
  .meta({ id: 'EnrolmentList' });
export type EnrolmentList = z.infer<typeof EnrolmentList>;

/** `PUT /v1/operator/draft`: what is to become the next version. */
export const DraftProposal = z.strictObject({ list: TrustList }).meta({ id: 'DraftProposal' });
export type DraftProposal = z.infer<typeof DraftProposal>;

/** `GET /v1/trust/draft`. */
export const DraftView = z
  .strictObject({ list: TrustList, signatures: z.array(GeneralJws.shape.signatures.element).max(50) })
  .meta({ id: 'DraftView', description: 'The next trust list with the signatures that it has so far' });
export type DraftView = z.infer<typeof DraftView>;

/** `POST /v1/trust/draft/signatures`. */
export const DraftSignature = z.strictObject({ signed: GeneralJws }).meta({ id: 'DraftSignature' });
export type DraftSignature = z.infer<typeof DraftSignature>;

export const DraftStanding = z
  .strictObject({ version: z.int().min(1), signatures: z.int().min(0), needed: z.int().min(1), published: z.boolean() })
  .meta({ id: 'DraftStanding', description: 'How many signatures a draft has, and whether it is in force by now' });
export type DraftStanding = z.infer<typeof DraftStanding>;
