/** The protected header: exactly `alg`, `kid` and `typ`, in canonical bytes; everything else that JOSE allows is refused. */
import { parseCanonical } from '@revier/core';
import { AppError, KeyId, type PublicKey, SignatureKind } from '@revier/schema';
import { z } from 'zod';
import { base64urlBytes } from './base64url.ts';

/** Members stand in canonical order, since jose writes them as they come. */
const Header = z.strictObject({ alg: z.literal('EdDSA'), kid: KeyId, typ: z.string() });

export const headerOf = (kind: SignatureKind, kid: KeyId) => ({ alg: 'EdDSA' as const, kid, typ: kind });

/** The only place where a key may come from: the verifier's own knowledge, never the message. */
export type ResolveKey = (kid: KeyId) => PublicKey | undefined;

const MAX_HEADER_CHARACTERS = 2000;

/**
 * Reads an encoded header that is not verified yet.
 * @throws AppError NOT_CANONICAL, SIGNATURE_INVALID (another algorithm, or `jwk`, `jku`, `x5c`, `crit`, …), SIGNATURE_TYPE
 */
export function readHeader(encoded: string, kind: SignatureKind): KeyId {
  const { kid, typ } = parseHeader(encoded);
  if (typ !== kind) throw new AppError('SIGNATURE_TYPE', { detail: `Expected the kind ${kind}.` });
  return kid;
}

/** The kind that a compact JWS claims to be: good for choosing a verifier, worth nothing before it has verified. */
export function claimedKind(jws: string): SignatureKind {
  const dot = jws.slice(0, MAX_HEADER_CHARACTERS + 1).indexOf('.');
  const kind = SignatureKind.safeParse(dot < 0 ? undefined : parseHeader(jws.slice(0, dot)).typ);
  if (!kind.success) throw new AppError('SIGNATURE_TYPE');
  return kind.data;
}

function parseHeader(encoded: string): z.infer<typeof Header> {
  if (encoded.length > MAX_HEADER_CHARACTERS) throw new AppError('SIGNATURE_INVALID');
  const header = Header.safeParse(parseSigned(base64urlBytes(encoded)));
  if (!header.success) throw new AppError('SIGNATURE_INVALID', { detail: 'The header is not {alg: EdDSA, kid, typ}.' });
  return header.data;
}

/** Bytes that are no JSON have no canonical form either. @throws AppError NOT_CANONICAL */
export function parseSigned(bytes: Uint8Array): unknown {
  try {
    return parseCanonical(bytes);
  } catch (cause) {
    throw new AppError('NOT_CANONICAL', { cause });
  }
}
