/** Access tokens: a participant or a researcher says, for five minutes at most, "it is me". */
import { randomUUID } from 'node:crypto';
import {
  AccessToken,
  AppError,
  type CompactJws,
  type Credential,
  type Participant,
  type ParticipantId,
  type Realm,
} from '@revier/schema';
import { base64urlBytes } from './base64url.ts';
import { assertInForce, type ClockOptions, secondsOf } from './clock.ts';
import { credentialKey, type PersonId, personOf, verifyCredential } from './credential.ts';
import { parseSigned, readHeader } from './header.ts';
import type { Signer } from './keys.ts';
import { maxCharacters } from './payload.ts';
import { assertTrustInForce, resolver, type Trust } from './trust.ts';
import { openCompact, verifyCompact } from './verify.ts';

const KIND = 'revier-access+jws';

/** Seconds. */
export const LONGEST_ACCESS = 300;

export interface AccessToSign {
  readonly signer: Signer;
  /** A participant's DID, or the pseudonym of a researcher. */
  readonly iss: string;
  readonly aud: ParticipantId;
  readonly realm: Realm;
  readonly now: Date;
  readonly lifetimeSeconds?: number;
  /** For researchers. */
  readonly credential?: CompactJws;
}

export interface VerifyAccessOptions extends ClockOptions {
  readonly trust: Trust;
  readonly audience: ParticipantId;
  readonly realm: Realm;
}

/** Who it is, as established; `jti` and `exp` let a service refuse a second use. */
export type Caller =
  | { readonly kind: 'participant'; readonly participant: Participant; readonly token: AccessToken }
  | {
      readonly kind: 'person';
      readonly person: PersonId;
      readonly credential: Credential;
      readonly token: AccessToken;
    };

export function accessToken({ signer, now, lifetimeSeconds = LONGEST_ACCESS, ...rest }: AccessToSign) {
  const iat = secondsOf(now);
  const token: AccessToken = { ...rest, jti: randomUUID(), iat, exp: iat + lifetimeSeconds };
  return signer.sign(KIND, token);
}

/** @throws AppError UNAUTHENTICATED, whatever is wrong; the reason is its `cause`, and told only of a token that came at the wrong time. */
export async function verifyAccess(jws: string, options: VerifyAccessOptions): Promise<Caller> {
  try {
    assertTrustInForce(options.trust, options);
    const caller = await callerOf(jws, options);
    assertMeant(caller.token, options);
    return caller;
  } catch (cause) {
    throw cause instanceof AppError && cause.code === 'UNAUTHENTICATED'
      ? cause
      : new AppError('UNAUTHENTICATED', { cause });
  }
}

async function callerOf(jws: string, options: VerifyAccessOptions): Promise<Caller> {
  if (jws.length > maxCharacters(KIND)) throw new AppError('BODY_TOO_LARGE');
  const [header = '', payload = ''] = jws.split('.', 2);
  const known = options.trust.keyOf(readHeader(header, KIND));
  return known === undefined ? personCaller(jws, payload, options) : participantCaller(jws, options);
}

async function participantCaller(jws: string, { trust }: VerifyAccessOptions): Promise<Caller> {
  const { payload: token, kid } = await openCompact(jws, KIND, AccessToken, resolver(trust));
  const participant = trust.keyOf(kid)?.participant;
  if (participant === undefined || participant.id !== token.iss || token.credential !== undefined)
    throw new AppError('UNAUTHENTICATED');
  return { kind: 'participant', participant, token };
}

/**
 * The credential has to be taken out before the token can be verified, since it names the key. It is verified by itself
 * first, and nothing else of the token is read before its signature holds.
 */
async function personCaller(jws: string, payload: string, options: VerifyAccessOptions): Promise<Caller> {
  const claimed = AccessToken.pick({ credential: true })
    .loose()
    .parse(parseSigned(base64urlBytes(payload)));
  if (claimed.credential === undefined) throw new AppError('KEY_UNKNOWN');
  const credential = await verifyCredential(claimed.credential, options);
  const token = await verifyCompact(jws, KIND, AccessToken, await credentialKey(credential));
  if (token.iss !== credential.sub) throw new AppError('CREDENTIAL_INVALID');
  return { kind: 'person', person: personOf(credential), credential, token };
}

const OUT_OF_TIME =
  'The access token has expired or is not valid yet: check the clock, two minutes of difference are tolerated.';

function assertMeant(token: AccessToken, options: VerifyAccessOptions): void {
  if (token.aud !== options.audience) throw new AppError('WRONG_AUDIENCE');
  if (token.realm !== options.realm) throw new AppError('WRONG_REALM');
  // Everything else holds, so this is the caller itself, and its clock is the likeliest fault.
  try {
    assertInForce(token, options, LONGEST_ACCESS);
  } catch (cause) {
    throw new AppError('UNAUTHENTICATED', { detail: OUT_OF_TIME, cause });
  }
}
