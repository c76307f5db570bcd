/** Keys and signers: Ed25519 key pairs, their names, and the one way to sign anything. */
import { createPrivateKey, sign as signBytes } from 'node:crypto';
import { canonicalBytes } from '@revier/core';
import { AppError, type CompactJws, type KeyId, PublicKey, type SignatureKind } from '@revier/schema';
import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair as generateEd25519 } from 'jose';
import { z } from 'zod';
import { assertFits } from './fits.ts';
import { headerOf } from './header.ts';
import { sizeCaps } from './payload.ts';

/** RFC 8037 private key. It never leaves the participant that made it. */
export const PrivateKey = z.strictObject({ ...PublicKey.shape, d: PublicKey.shape.x });
export type PrivateKey = z.infer<typeof PrivateKey>;

export interface KeyPair {
  readonly kid: KeyId;
  readonly publicKey: PublicKey;
  readonly privateKey: PrivateKey;
}

export interface Signer {
  readonly kid: KeyId;
  readonly publicKey: PublicKey;
  /** Signs the RFC 8785 bytes of the payload. @throws AppError NOT_CANONICAL for what has no such bytes. */
  sign(kind: SignatureKind, payload: unknown): Promise<CompactJws>;
  /**
   * Signs lines of text for a note. What a JWS signs has no line break, so neither can pass for the other.
   * @throws RangeError for a text that does not end its last line
   */
  signLines(text: string): Uint8Array;
}

export async function generateKeyPair(): Promise<KeyPair> {
  const made = await generateEd25519('EdDSA', { crv: 'Ed25519', extractable: true });
  const { kty, crv, x, d } = await exportJWK(made.privateKey);
  const privateKey = PrivateKey.parse({ kty, crv, x, d });
  const publicKey = publicKeyOf(privateKey);
  return { kid: await keyIdOf(publicKey), publicKey, privateKey };
}

export const publicKeyOf = ({ kty, crv, x }: PrivateKey): PublicKey => ({ kty, crv, x });

/** RFC 7638 thumbprint. */
export const keyIdOf = (key: PublicKey): Promise<KeyId> => calculateJwkThumbprint(key, 'sha256');

/** @throws AppError INVALID_REQUEST for anything but an Ed25519 private key as JWK. */
export async function createSigner(privateJwk: unknown): Promise<Signer> {
  const key = assertFits(PrivateKey, privateJwk);
  const kid = await keyIdOf(publicKeyOf(key));
  const privateKey = createPrivateKey({ key: { ...key }, format: 'jwk' });
  return {
    kid,
    publicKey: publicKeyOf(key),
    signLines(text) {
      if (!text.endsWith('\n')) throw new RangeError('A note ends with a line break.');
      return signBytes(null, Buffer.from(text), privateKey);
    },
    sign: (kind, payload) =>
      new CompactSign(payloadBytes(kind, payload)).setProtectedHeader(headerOf(kind, kid)).sign(key),
  };
}

/** What is too large to be verified is not signed in the first place. */
export function payloadBytes(kind: SignatureKind, payload: unknown): Uint8Array {
  const bytes = canonicalBytes(payload);
  if (bytes.length > sizeCaps[kind]) throw new AppError('BODY_TOO_LARGE');
  return bytes;
}
