/** The signed envelope: what a researcher signs around a question, and the kinds of signed objects. */
import { z } from 'zod';
import { LookupName, Name, ParticipantId, Realm, RegisterId, Seconds, Sha256, Uuid } from './ids.ts';
import { Question } from './query.ts';

/** Every kind of signed object has a `typ` of its own, so that one can never pass for another. */
export const SignatureKind = z.enum([
  'revier-query+jws',
  'revier-credential+jws',
  'revier-agreement+jws',
  'revier-floor+jws',
  'revier-dataset+jws',
  'revier-document+jws',
  'revier-trust-list+jws',
  'revier-timestamp+jws',
  'revier-enrolment+jws',
  'revier-task+jws',
  'revier-receipt+jws',
  'revier-release+jws',
  'revier-opening+jws',
  'revier-result+jws',
  'revier-access+jws',
  'revier-restart+jws',
  'revier-people+jws',
  'revier-deletion+jws',
  'revier-withdrawal+jws',
  'revier-application+jws',
  'revier-closure+jws',
  'revier-duty+jws',
  'revier-negotiation+jws',
  'revier-approval+jws',
  'revier-opinion+jws',
  'revier-standing-policy+jws',
  'revier-limit+jws',
  'revier-status+jws',
  'revier-resume+jws',
]);
export type SignatureKind = z.infer<typeof SignatureKind>;

/** RFC 7515 compact serialisation. */
export const CompactJws = z
  .string()
  .max(8_000_000)
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/, 'expected a compact JWS');
export type CompactJws = z.infer<typeof CompactJws>;

/** One of the signatures of a general serialisation, with its protected header. */
export const JwsSignature = z.strictObject({
  protected: z
    .string()
    .max(2000)
    .regex(/^[A-Za-z0-9_-]+$/),
  signature: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9_-]+$/),
});
export type JwsSignature = z.infer<typeof JwsSignature>;

/** RFC 7515 general serialisation: several signatures over one payload (agreement, trust list). */
export const GeneralJws = z.strictObject({
  payload: z
    .string()
    .max(8_000_000)
    .regex(/^[A-Za-z0-9_-]+$/),
  signatures: z.array(JwsSignature).min(1).max(50),
});
export type GeneralJws = z.infer<typeof GeneralJws>;

/** RFC 7638 thumbprint of an Ed25519 key: its name, resolved only in the trust list or in a credential that it vouches for. */
export const KeyId = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'expected a key thumbprint');
export type KeyId = z.infer<typeof KeyId>;

export const PublicKey = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});
export type PublicKey = z.infer<typeof PublicKey>;

/** The payload of `revier-query+jws`; see docs/decisions/0001. */
export const Envelope = z
  .strictObject({
    question: Question,
    /** Hashes of the agreements that the researcher relies on, one for each planned task; sorted, each once. Each says itself whose data it is about. */
    agreements: z.array(Sha256).max(3000),
    catalogue: Sha256,
    lookups: z.record(LookupName, Sha256),
    realm: Realm,
    /** Pseudonym of the researcher, as in the credential. */
    iss: Name,
    aud: ParticipantId,
    /** Asks only what would be answered: nothing is executed and nothing charged. Signed, so that no broker can make a query of it. */
    dryRun: z.literal(true).optional(),
    jti: Uuid,
    iat: Seconds,
    exp: Seconds,
  })
  .meta({ id: 'Envelope' });
export type Envelope = z.infer<typeof Envelope>;

/** The payload of `revier-credential+jws`: the data user's organisation vouches for a researcher's key. */
export const Credential = z
  .strictObject({
    iss: ParticipantId,
    sub: Name,
    key: PublicKey,
    roles: z
      .array(z.enum(['researcher', 'planner']))
      .min(1)
      .max(2),
    registers: z.array(RegisterId).min(1).max(100),
    realm: Realm,
    iat: Seconds,
    exp: Seconds,
  })
  .meta({ id: 'Credential' });
export type Credential = z.infer<typeof Credential>;

/** What travels: the signed query with the credential that vouches for its key. */
export const SignedQuery = z.strictObject({ query: CompactJws, credential: CompactJws }).meta({
  id: 'SignedQuery',
  description: 'A question signed by a researcher, with the credential of their organisation',
});
export type SignedQuery = z.infer<typeof SignedQuery>;

/** The payload of `revier-access+jws`: a short-lived self-signed token of a participant. */
export const AccessToken = z.strictObject({
  iss: ParticipantId,
  aud: ParticipantId,
  realm: Realm,
  jti: Uuid,
  iat: Seconds,
  exp: Seconds,
});
export type AccessToken = z.infer<typeof AccessToken>;
