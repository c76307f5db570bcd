/** Verifying one compact JWS: the signature first, its content afterwards. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { AppError, CompactJws, type KeyId, type PublicKey, type SignatureKind } from '@revier/schema';
import type { z } from 'zod';
import { base64urlBytes } from './base64url.ts';
import { type ResolveKey, readHeader } from './header.ts';
import { maxCharacters, readPayload } from './payload.ts';

export interface Opened<T> {
  readonly payload: T;
  readonly kid: KeyId;
}

/**
 * The payload of a verified JWS of exactly this kind.
 * @throws AppError BODY_TOO_LARGE, SIGNATURE_INVALID, SIGNATURE_TYPE, KEY_UNKNOWN, NOT_CANONICAL, INVALID_REQUEST
 */
export async function verifyCompact<S extends z.ZodType>(
  jws: string,
  kind: SignatureKind,
  schema: S,
  resolveKey: ResolveKey,
): Promise<z.output<S>> {
  return (await openCompact(jws, kind, schema, resolveKey)).payload;
}

/** As `verifyCompact`, and says which key has signed. */
export async function openCompact<S extends z.ZodType>(
  jws: string,
  kind: SignatureKind,
  schema: S,
  resolveKey: ResolveKey,
): Promise<Opened<z.output<S>>> {
  const [header, payload, signature] = partsOf(jws, kind);
  const kid = readHeader(header, kind);
  await assertSigned(`${header}.${payload}`, signature, knownKey(resolveKey, kid));
  return { payload: readPayload(schema, base64urlBytes(payload)), kid };
}

function partsOf(jws: string, kind: SignatureKind): [header: string, payload: string, signature: string] {
  if (jws.length > maxCharacters(kind)) throw new AppError('BODY_TOO_LARGE');
  if (!CompactJws.safeParse(jws).success)
    throw new AppError('SIGNATURE_INVALID', { detail: 'This is no compact JWS.' });
  const [first, last] = [jws.indexOf('.'), jws.lastIndexOf('.')];
  return [jws.slice(0, first), jws.slice(first + 1, last), jws.slice(last + 1)];
}

/** @throws AppError KEY_UNKNOWN */
export function knownKey(resolveKey: ResolveKey, kid: KeyId): PublicKey {
  const key = resolveKey(kid);
  if (key === undefined) throw new AppError('KEY_UNKNOWN');
  return key;
}

/** On the thread pool, so that others are served meanwhile. */
const holds = promisify(verify);

/**
 * Ed25519 and nothing else: the header has been read before, and names no other algorithm.
 * @param signed header and payload with the dot between them, as they came (RFC 7515, section 5.2)
 * @throws AppError SIGNATURE_INVALID, NOT_CANONICAL for another spelling of the signature
 */
export async function assertSigned(signed: string, signature: string, key: PublicKey): Promise<void> {
  const bytes = base64urlBytes(signature);
  if (!(await holds(null, Buffer.from(signed, 'latin1'), keyObjectOf(key), bytes)))
    throw new AppError('SIGNATURE_INVALID');
}

/** Opened once for as long as a list has them: that takes as long as a verification. */
const opened = new WeakMap<PublicKey, KeyObject>();

function keyObjectOf(key: PublicKey): KeyObject {
  const found = opened.get(key) ?? openKey(key);
  opened.set(key, found);
  return found;
}

/** @throws AppError SIGNATURE_INVALID for what is no key: nothing holds under it */
function openKey({ kty, crv, x }: PublicKey): KeyObject {
  try {
    return createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
  } catch (cause) {
    throw new AppError('SIGNATURE_INVALID', { cause });
  }
}
