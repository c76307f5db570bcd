/** Several signatures over one payload (RFC 7515 general serialisation): agreements and trust lists. */
import { AppError, GeneralJws, type KeyId, type SignatureKind } from '@revier/schema';
import { GeneralSign, generalVerify } from 'jose';
import type { z } from 'zod';
import { base64urlBytes } from './base64url.ts';
import { assertFits } from './fits.ts';
import { headerOf, parseSigned, type ResolveKey, readHeader } from './header.ts';
import { keyIdOf, PrivateKey, payloadBytes, publicKeyOf } from './keys.ts';
import { maxCharacters, readPayload } from './payload.ts';
import { knownKey, VERIFY_OPTIONS, verifiedBytes } from './verify.ts';

export interface GeneralOpened<T> {
  readonly payload: T;
  /** Who has signed: distinct, each verified. */
  readonly kids: readonly KeyId[];
}

/** @throws AppError NOT_CANONICAL, INVALID_REQUEST for a key that is not Ed25519. */
export const signGeneral = (
  kind: SignatureKind,
  payload: unknown,
  privateJwks: readonly PrivateKey[],
): Promise<GeneralJws> => signBytes(kind, payloadBytes(kind, payload), privateJwks);

/** Signs beside those who have signed already; the caller has verified and read what it puts its name under. */
export async function addSignature(jws: GeneralJws, kind: SignatureKind, privateJwk: PrivateKey): Promise<GeneralJws> {
  const bytes = base64urlBytes(jws.payload);
  parseSigned(bytes);
  const { payload, signatures } = await signBytes(kind, bytes, [privateJwk]);
  const kids = [...jws.signatures, ...signatures].map((signature) => readHeader(signature.protected, kind));
  assertDistinct(kids);
  return { payload, signatures: [...jws.signatures, ...signatures] };
}

/**
 * Every signature must verify: one that does not refuses the whole.
 * @throws AppError BODY_TOO_LARGE, SIGNATURE_INVALID, SIGNATURE_TYPE, KEY_UNKNOWN, NOT_CANONICAL, INVALID_REQUEST
 */
export async function verifyGeneral<S extends z.ZodType>(
  jws: GeneralJws,
  kind: SignatureKind,
  schema: S,
  resolveKey: ResolveKey,
): Promise<GeneralOpened<z.output<S>>> {
  assertShape(jws, kind);
  const kids = jws.signatures.map((signature) => readHeader(signature.protected, kind));
  assertDistinct(kids);
  const keys = kids.map((kid) => knownKey(resolveKey, kid));
  await Promise.all(keys.map((key, index) => verifyOne(jws, index, key)));
  return { payload: readPayload(schema, base64urlBytes(jws.payload)), kids };
}

/** One at a time, since jose is content with the first signature of many that verifies. */
async function verifyOne(jws: GeneralJws, index: number, key: Parameters<typeof generalVerify>[1]): Promise<void> {
  const signatures = jws.signatures.slice(index, index + 1);
  for (const { signature } of signatures) base64urlBytes(signature);
  await verifiedBytes(() => generalVerify({ payload: jws.payload, signatures }, key, VERIFY_OPTIONS));
}

export function assertShape(jws: GeneralJws, kind: SignatureKind): void {
  const { payload } = jws;
  if (typeof payload === 'string' && payload.length > maxCharacters(kind)) throw new AppError('BODY_TOO_LARGE');
  assertFits(GeneralJws, jws);
}

function assertDistinct(kids: readonly KeyId[]): void {
  if (new Set(kids).size !== kids.length)
    throw new AppError('SIGNATURE_INVALID', { detail: 'One key has signed twice.' });
}

async function signBytes(
  kind: SignatureKind,
  bytes: Uint8Array,
  privateJwks: readonly PrivateKey[],
): Promise<GeneralJws> {
  const sign = new GeneralSign(bytes);
  for (const privateJwk of privateJwks) {
    const key = assertFits(PrivateKey, privateJwk);
    sign.addSignature(key).setProtectedHeader(headerOf(kind, await keyIdOf(publicKeyOf(key))));
  }
  return assertFits(GeneralJws, await sign.sign());
}
