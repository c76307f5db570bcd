/** Verifying one compact JWS: the signature first, its content afterwards. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError, CompactJws, type KeyId, type PublicKey, type SignatureKind } from '@revier/schema';
import { compactVerify } from 'jose';
import type { z } from 'zod';
import { base64urlBytes } from './base64url.ts';
import { type ResolveKey, readHeader } from './header.ts';
import { maxCharacters, readPayload } from './payload.ts';

/** Design, federation.md §1: a closed list of algorithms. */
export const VERIFY_OPTIONS = { algorithms: ['EdDSA'] };

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
  const [header, signature] = partsOf(jws, kind);
  const kid = readHeader(header, kind);
  const key = knownKey(resolveKey, kid);
  base64urlBytes(signature);
  const bytes = await verifiedBytes(() => compactVerify(jws, key, VERIFY_OPTIONS));
  return { payload: readPayload(schema, bytes), kid };
}

function partsOf(jws: string, kind: SignatureKind): [header: string, signature: string] {
  if (jws.length > maxCharacters(kind)) throw new AppError('BODY_TOO_LARGE');
  if (!CompactJws.safeParse(jws).success)
    throw new AppError('SIGNATURE_INVALID', { detail: 'This is no compact JWS.' });
  return [jws.slice(0, jws.indexOf('.')), jws.slice(jws.lastIndexOf('.') + 1)];
}

/** @throws AppError KEY_UNKNOWN */
export function knownKey(resolveKey: ResolveKey, kid: KeyId): PublicKey {
  const key = resolveKey(kid);
  if (key === undefined) throw new AppError('KEY_UNKNOWN');
  return key;
}

/**
 * What has come in one turn goes to the thread pool together: one by one, each would wake a thread that has just gone to sleep,
 * which costs a third of checking an Ed25519 signature.
 * @throws AppError SIGNATURE_INVALID, whatever the library found wrong.
 */
export async function verifiedBytes(verify: () => Promise<{ payload: Uint8Array }>): Promise<Uint8Array> {
  await nextTurn();
  try {
    return (await verify()).payload;
  } catch (cause) {
    throw new AppError('SIGNATURE_INVALID', { cause });
  }
}
