/** The signed query: who asks what, under which agreements, checked by broker and node alike. */
import { canonicalQuestion, contentHash, digest, isCanonical, sortedUnique } from '@revier/core';
import {
  AppError,
  type CompactJws,
  type Credential,
  Envelope,
  type ParticipantId,
  type QuestionInput,
  type Realm,
  type Sha256,
  type SignedQuery,
} from '@revier/schema';
import { assertInForce, type ClockOptions } from './clock.ts';
import { credentialKey, type PersonId, personOf, verifyCredential } from './credential.ts';
import { assertFits } from './fits.ts';
import type { Signer } from './keys.ts';
import type { Trust } from './trust.ts';
import { verifyCompact } from './verify.ts';

/** Seconds: how long a signed query may stay valid. */
export const LONGEST_QUERY = 3600;

export interface QueryToSign extends Omit<Envelope, 'question'> {
  readonly question: QuestionInput;
  readonly signer: Signer;
  /** `revier-credential+jws` that vouches for the key of `signer`. */
  readonly credential: CompactJws;
}

export interface VerifyQueryOptions extends ClockOptions {
  readonly trust: Trust;
  /** Whom the query may be addressed to. */
  readonly audience: ParticipantId | readonly ParticipantId[];
  readonly realm: Realm;
}

export interface VerifiedQuery {
  readonly envelope: Envelope;
  readonly credential: Credential;
  readonly submissionId: Sha256;
  readonly person: PersonId;
}

/** Brings question and agreements into their canonical form and signs. @throws AppError INVALID_REQUEST */
export async function signQuery({ signer, credential, question, ...rest }: QueryToSign): Promise<SignedQuery> {
  const envelope = assertFits(Envelope, {
    ...rest,
    agreements: sortedUnique(rest.agreements),
    question: canonicalQuestion(question),
  });
  return { query: await signer.sign('revier-query+jws', envelope), credential };
}

/**
 * @throws AppError CREDENTIAL_INVALID, WRONG_REALM, WRONG_AUDIENCE, EXPIRED, NOT_CANONICAL, KEY_UNKNOWN (not the key of
 * the credential), SIGNATURE_INVALID, SIGNATURE_TYPE, INVALID_REQUEST
 */
export async function verifyQuery(signed: SignedQuery, options: VerifyQueryOptions): Promise<VerifiedQuery> {
  const credential = await verifyCredential(signed.credential, options);
  const resolveKey = await credentialKey(credential);
  const envelope = await verifyCompact(signed.query, 'revier-query+jws', Envelope, resolveKey);
  if (envelope.realm !== options.realm) throw new AppError('WRONG_REALM');
  if (![options.audience].flat().includes(envelope.aud)) throw new AppError('WRONG_AUDIENCE');
  assertInForce(envelope, options, LONGEST_QUERY);
  assertCovers(credential, envelope);
  if (!isCanonical(envelope.question) || !isAscending(envelope.agreements)) throw new AppError('NOT_CANONICAL');
  return { envelope, credential, submissionId: submissionIdOf(envelope, credential), person: personOf(credential) };
}

/** One submission of one person; the organisation is in it, since pseudonyms are unique only within one. */
export const submissionIdOf = ({ iss, jti }: Envelope, credential: Credential): Sha256 =>
  contentHash({ iss, org: credential.iss, jti });

/** Sorted, and nothing twice. */
const isAscending = (items: readonly string[]): boolean =>
  items.every((item, at) => at === 0 || (items[at - 1] ?? '') < item);

/** What a task names of its query: the digest of the very text that was signed. */
export const queryDigest = (query: CompactJws): Sha256 => digest(Buffer.from(query));

function assertCovers(credential: Credential, envelope: Envelope): void {
  if (envelope.iss !== credential.sub)
    throw new AppError('CREDENTIAL_INVALID', { detail: 'The credential is for another person.' });
  if (!credential.registers.includes(envelope.question.register))
    throw new AppError('CREDENTIAL_INVALID', { detail: 'The credential does not name this register.' });
}
