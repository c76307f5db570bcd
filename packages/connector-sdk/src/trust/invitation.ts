/** The invitation: a secret for one use, and what pins the signers of the trust list, so that the new one need not believe the broker. */
import { createHash, randomBytes } from 'node:crypto';
import { canonicalBytes, digest } from '@revier/core';
import { AppError, InvitationSecret, type Sha256, type TrustList } from '@revier/schema';

export interface InvitationCode {
  readonly secret: string;
  /** Whether these are the signers that the operator has seen. */
  pins(list: TrustList): boolean;
}

const PREFIX = 'revier1';
/** RFC 4648, lower case: easy to read out and to type. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const BYTES = 16;

/** `revier1-secret-pin`; the broker is told the hash of the secret only. */
export function makeInvitation(list: TrustList): { readonly code: string; readonly hash: Sha256 } {
  const secret = base32(randomBytes(BYTES));
  return { code: `${PREFIX}-${secret}-${pinOf(list)}`, hash: hashOfSecret(secret) };
}

/** 128 random bits need no slow hash. */
export const hashOfSecret = (secret: string): Sha256 => digest(Buffer.from(secret));

/** @throws AppError CODE_INVALID for what is no code at all */
export function readInvitation(code: string): InvitationCode {
  const [prefix, secret, pin, ...more] = code.trim().toLowerCase().split('-');
  const parsed = InvitationSecret.safeParse(secret);
  if (prefix !== PREFIX || !parsed.success || !InvitationSecret.safeParse(pin).success || more.length > 0)
    throw new AppError('CODE_INVALID', {
      detail: 'This is no enrolment code: it begins with revier1 and has two parts of 26 characters.',
    });
  return { secret: parsed.data, pins: (list) => pinOf(list) === pin };
}

function pinOf({ realm, signers, threshold }: TrustList): string {
  const pinned = canonicalBytes({ realm, signers: [...signers].sort(), threshold });
  return base32(createHash('sha256').update(pinned).digest().subarray(0, BYTES));
}

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}
