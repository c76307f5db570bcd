/** Ephemeral keys of one attempt of a secure sum: X25519 between two members, and what is derived from it (RFC 7748, RFC 5869). */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { digest, pairInfo } from '@revier/core';
import { AppError, type Sha256 } from '@revier/schema';
import { z } from 'zod';

/** As a member keeps it while the attempt lasts: JWK members of RFC 8037. */
export const SumSecret = z.strictObject({
  d: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});
export type SumSecret = z.infer<typeof SumSecret>;

/** Never used for a second attempt. `x` is the public key, base64url. */
export function makeSumSecret(): SumSecret {
  const { privateKey } = generateKeyPairSync('x25519');
  const { d, x } = privateKey.export({ format: 'jwk' });
  return SumSecret.parse({ d, x });
}

const jwk = { kty: 'OKP', crv: 'X25519' } as const;

const privateOf = (secret: SumSecret): KeyObject =>
  createPrivateKey({ key: { ...jwk, d: secret.d, x: secret.x }, format: 'jwk' });
const publicOf = (x: string): KeyObject => createPublicKey({ key: { ...jwk, x }, format: 'jwk' });

/** Keys of one member with every other one; each side derives the same. */
export interface PairKeys {
  /** 32 bytes for the pair's keystream. */
  mask(other: string): Uint8Array;
  /** 32 bytes for what `from` seals for `to`: another one in each direction. */
  seal(from: string, to: string): Uint8Array;
}

export interface PairInput {
  readonly member: string;
  readonly secret: SumSecret;
  /** Public keys of all members. */
  readonly keys: ReadonlyMap<string, string>;
  /** What every key is bound to: submission, attempt, members, roster. */
  readonly context: string;
}

/** @throws AppError MEMBERS_INVALID-like INVALID_REQUEST for a key that is no point, or one of small order */
export function pairKeysOf({ member, secret, keys, context }: PairInput): PairKeys {
  const own = privateOf(secret);
  const salt = createHash('sha256').update(context).digest();
  const shared = new Map<string, Uint8Array>();
  const sharedWith = (other: string): Uint8Array => {
    const found = shared.get(other) ?? agreed(own, keys.get(other));
    shared.set(other, found);
    return found;
  };
  return {
    mask: (other) => derived(sharedWith(other), salt, pairInfo(member, other)),
    seal: (from, to) => derived(sharedWith(from === member ? to : from), salt, `share|${from}|${to}`),
  };
}

/** Points of small order, whose secret everybody knows, are refused by OpenSSL. */
function agreed(own: KeyObject, other: string | undefined): Uint8Array {
  try {
    if (other !== undefined) return diffieHellman({ privateKey: own, publicKey: publicOf(other) });
  } catch (cause) {
    throw new AppError('INVALID_REQUEST', { detail: 'The key of a member is no X25519 key.', cause });
  }
  throw new AppError('INVALID_REQUEST', { detail: 'A member has no key.' });
}

export const derived = (secret: Uint8Array, salt: Uint8Array, info: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, salt, info, 32));

export const seedText = (seed: Uint8Array): string => Buffer.from(seed).toString('base64url');
export const seedBytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64url'));

/** What a member commits to when it masks, and is held to when it opens. */
export const seedCommitment = (seed: string): Sha256 => digest(seedBytes(seed));
