/**
 * Access tokens: a participant says, for five minutes at most, "it is me". Within them a token is shown again and again;
 * what a message does, it does once, since every message is signed and unique by itself, and calls are counted by the minute.
 */
import { randomUUID } from 'node:crypto';
import { AccessToken, AppError, type Participant, type ParticipantId, type Realm } from '@revier/schema';
import { assertInForce, type ClockOptions, secondsOf } from './clock.ts';
import type { Signer } from './keys.ts';
import { assertListInForce, resolver, type Trust } from './trust.ts';
import { openCompact } from './verify.ts';

const KIND = 'revier-access+jws';

/** Seconds. */
export const LONGEST_ACCESS = 300;

export interface AccessToSign {
  readonly signer: Signer;
  readonly iss: ParticipantId;
  readonly aud: ParticipantId;
  readonly realm: Realm;
  readonly now: Date;
  readonly lifetimeSeconds?: number;
}

export interface VerifyAccessOptions extends ClockOptions {
  readonly trust: Trust;
  readonly audience: ParticipantId;
  readonly realm: Realm;
}

/** Who it is, as established. */
export interface Caller {
  readonly participant: Participant;
  readonly token: AccessToken;
}

export function accessToken({ signer, now, lifetimeSeconds = LONGEST_ACCESS, ...rest }: AccessToSign) {
  const iat = secondsOf(now);
  const token: AccessToken = { ...rest, jti: randomUUID(), iat, exp: iat + lifetimeSeconds };
  return signer.sign(KIND, token);
}

/** @throws AppError UNAUTHENTICATED, whatever is wrong; the reason is its `cause`, and told only of a token that came at the wrong time. */
export async function verifyAccess(jws: string, options: VerifyAccessOptions): Promise<Caller> {
  try {
    // Participants may connect and fetch on a stale list: how else would it ever get fresh?
    assertListInForce(options.trust, options);
    const caller = await callerOf(jws, options);
    assertMeant(caller.token, options);
    return caller;
  } catch (cause) {
    throw cause instanceof AppError && cause.code === 'UNAUTHENTICATED'
      ? cause
      : new AppError('UNAUTHENTICATED', { cause });
  }
}

async function callerOf(jws: string, { trust }: VerifyAccessOptions): Promise<Caller> {
  const { payload: token, kid } = await openCompact(jws, KIND, AccessToken, resolver(trust));
  const participant = trust.keyOf(kid)?.participant;
  if (participant === undefined || participant.id !== token.iss) throw new AppError('UNAUTHENTICATED');
  return { participant, token };
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
