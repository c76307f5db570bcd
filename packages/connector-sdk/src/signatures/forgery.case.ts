/** For tests: a JWS of any header text and any payload bytes, signed with a real key, as an attacker would make it. */
import { createHmac, createPrivateKey, sign } from 'node:crypto';
import type { PrivateKey } from './keys.ts';

const encode = (content: string | Uint8Array): string => Buffer.from(content).toString('base64url');

export function forge(header: string, payload: string | Uint8Array, { kty, crv, x, d }: PrivateKey): string {
  const input = `${encode(header)}.${encode(payload)}`;
  const key = createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' });
  return `${input}.${encode(sign(null, Buffer.from(input), key))}`;
}

/** The classic confusion: a public key, known to all, used as the secret of a MAC. */
export function forgeHmac(header: string, payload: string, publicKey: string): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${createHmac('sha256', publicKey).update(input).digest('base64url')}`;
}

export const unsigned = (header: string, payload: string, signature = 'AA'): string =>
  `${encode(header)}.${encode(payload)}.${signature}`;
