/** Proof of possession (DPoP, RFC 9449): with each request, a person's key signs that this very request is theirs. */
import { createHash, randomUUID, type webcrypto } from 'node:crypto';
import { type KeyId, PublicKey } from '@revier/schema';
import { calculateJwkThumbprint, exportJWK, importJWK, SignJWT } from 'jose';
import { secondsOf } from './clock.ts';
import { assertFits } from './fits.ts';
import { PrivateKey, publicKeyOf } from './keys.ts';

/** Ed25519, as the Web Crypto API holds it. */
export type ProofKeys = webcrypto.CryptoKeyPair;

export interface ProofRequest {
  readonly method: string;
  /** The whole address; query and fragment do not count. */
  readonly url: string;
  readonly accessToken: string;
  readonly now: Date;
}

/** @throws AppError INVALID_REQUEST for anything but an Ed25519 private key as JWK. */
export async function proofKeysOf(privateJwk: unknown): Promise<ProofKeys> {
  const jwk = assertFits(PrivateKey, privateJwk);
  const [privateKey, publicKey] = await Promise.all([imported(jwk), imported(publicKeyOf(jwk))]);
  return { privateKey, publicKey };
}

async function imported(jwk: object): Promise<webcrypto.CryptoKey> {
  const key = await importJWK({ ...jwk }, 'EdDSA');
  if (key instanceof Uint8Array) throw new TypeError('An Ed25519 key is no secret of bytes.');
  return key;
}

/** The thumbprint that access tokens are bound to (`cnf.jkt`). */
export const thumbprintOf = async ({ publicKey }: ProofKeys): Promise<KeyId> =>
  calculateJwkThumbprint(await exportJWK(publicKey));

/** `dpop+jwt`: no kind of ours, so it can never pass for a query, nor a query for it. */
export async function proofOf(keys: ProofKeys, { method, url, accessToken, now }: ProofRequest): Promise<string> {
  const jwk = PublicKey.parse(await exportJWK(keys.publicKey));
  const { origin, pathname } = new URL(url);
  const ath = createHash('sha256').update(accessToken).digest('base64url');
  return new SignJWT({ htm: method, htu: `${origin}${pathname}`, ath, jti: randomUUID(), iat: secondsOf(now) })
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'EdDSA', jwk })
    .sign(keys.privateKey);
}
