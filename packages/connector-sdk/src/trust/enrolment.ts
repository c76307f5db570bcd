/** The request to stand in the trust list: signed by the new key, so that nobody asks for a key that is not theirs. */
import { contentHash } from '@revier/core';
import { AppError, Enrolment, type GeneralJws, type ParticipantId, type Realm } from '@revier/schema';
import { base64urlBytes } from '../signatures/base64url.ts';
import { assertInForce, type ClockOptions, secondsOf } from '../signatures/clock.ts';
import { assertShape, signGeneral, verifyGeneral } from '../signatures/general.ts';
import { keyIdOf, type PrivateKey, publicKeyOf } from '../signatures/keys.ts';
import { readPayload } from '../signatures/payload.ts';
import type { Trust } from '../signatures/trust.ts';

const KIND = 'revier-enrolment+jws';
/** Seconds between the request and its admission. */
const LONGEST_WAITING = 7 * 86_400;

export interface EnrolmentToSign extends Pick<Enrolment, 'id' | 'name' | 'roles' | 'code' | 'aud' | 'realm'> {
  readonly privateKey: PrivateKey;
  /** For a rotation: the key whose place the new one takes. */
  readonly outgoing?: PrivateKey;
  readonly now: Date;
}

export async function signEnrolment({ privateKey, outgoing, now, ...rest }: EnrolmentToSign): Promise<GeneralJws> {
  const key = publicKeyOf(privateKey);
  const enrolment: Enrolment = {
    ...rest,
    key: { kid: await keyIdOf(key), key },
    replaces: outgoing === undefined ? null : await keyIdOf(publicKeyOf(outgoing)),
    iat: secondsOf(now),
  };
  return signGeneral(KIND, enrolment, [privateKey, ...(outgoing === undefined ? [] : [outgoing])]);
}

export interface VerifiedEnrolment {
  readonly enrolment: Enrolment;
  /** What both sides compare, over a line that is not the broker's. */
  readonly fingerprint: string;
}

export interface VerifyEnrolmentOptions extends ClockOptions {
  readonly trust: Trust;
  readonly audience: ParticipantId;
  readonly realm: Realm;
}

/**
 * Carries its own key, so it is read before it is verified; nothing but the key is used before.
 * @throws AppError SIGNATURE_INVALID, KEY_UNKNOWN, WRONG_AUDIENCE, WRONG_REALM, EXPIRED; FORBIDDEN for a name or key that stands in the list
 * already, or a rotation that would change more than the key
 */
export async function verifyEnrolment(jws: GeneralJws, options: VerifyEnrolmentOptions): Promise<VerifiedEnrolment> {
  assertShape(jws, KIND);
  const { key, replaces } = readPayload(Enrolment, base64urlBytes(jws.payload));
  if ((await keyIdOf(key.key)) !== key.kid)
    throw AppError.at('INVALID_REQUEST', '/key', 'The key is not named by its thumbprint.');
  const { payload: enrolment, kids } = await verifyGeneral(jws, KIND, Enrolment, (kid) => {
    if (kid === key.kid) return key.key;
    return kid === replaces ? options.trust.keyOf(kid)?.key : undefined;
  });
  const wanted = [key.kid, ...(replaces === null ? [] : [replaces])];
  if (kids.length !== wanted.length) throw new AppError('SIGNATURE_INVALID');
  if (enrolment.aud !== options.audience) throw new AppError('WRONG_AUDIENCE');
  if (enrolment.realm !== options.realm) throw new AppError('WRONG_REALM');
  assertInForce({ iat: enrolment.iat, exp: enrolment.iat + LONGEST_WAITING }, options);
  assertPlace(enrolment, options.trust);
  return { enrolment, fingerprint: fingerprintOf(asked(enrolment)) };
}

/** Of a request of our own: what it says, unverified. @throws AppError INVALID_REQUEST, NOT_CANONICAL */
export function describeEnrolment({ payload }: GeneralJws): VerifiedEnrolment {
  const enrolment = readPayload(Enrolment, base64urlBytes(payload));
  return { enrolment, fingerprint: fingerprintOf(asked(enrolment)) };
}

/** Everything that would stand in the list, so that nothing of it can be swapped on the way. */
const asked = ({ id, name, roles, key }: Enrolment) => ({ id, name, roles, key });

function assertPlace({ id, name, roles, key, code, replaces }: Enrolment, trust: Trust): void {
  const standing = trust.participant(id);
  if (trust.list.participants.some(({ keys }) => keys.some(({ kid }) => kid === key.kid)))
    throw forbidden('This key stands in the trust list already.');
  if (replaces === null) {
    if (standing !== undefined) throw forbidden(`${id} stands in the trust list already.`);
    if (code === null) throw forbidden('Whoever is new comes with a code.');
    return;
  }
  if (standing === undefined || trust.keyOf(replaces)?.participant.id !== id)
    throw forbidden('The key that leaves is that of somebody else.');
  if (standing.name !== name || contentHash(standing.roles) !== contentHash(roles) || code !== null)
    throw forbidden('A rotation changes the key and nothing else.');
}

const forbidden = (detail: string): AppError => new AppError('FORBIDDEN', { detail });

/** Half of the SHA-256 in eight groups of four hex digits, to be read out over the telephone: `3f1c 09ab …`. */
export const fingerprintOf = (content: unknown): string =>
  (
    contentHash(content)
      .slice('sha256:'.length, 'sha256:'.length + 32)
      .match(/.{4}/g) ?? []
  ).join(' ');
