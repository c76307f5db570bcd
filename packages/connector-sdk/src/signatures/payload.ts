/** The payload: read only after its signature has verified, in canonical bytes, then by its schema. */
import { canonicalText } from '@revier/core';
import { AppError, type SignatureKind } from '@revier/schema';
import type { z } from 'zod';
import { assertFits } from './fits.ts';
import { parseSigned } from './header.ts';

const KIB = 1024;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The largest payload of each kind in bytes, so that a flood of big messages is refused before any work is done. */
export const sizeCaps: Readonly<Record<SignatureKind, number>> = {
  'revier-query+jws': 256 * KIB,
  'revier-credential+jws': 32 * KIB,
  'revier-agreement+jws': 5600 * KIB,
  'revier-floor+jws': 256 * KIB,
  'revier-dataset+jws': 1024 * KIB,
  'revier-document+jws': 5600 * KIB,
  'revier-trust-list+jws': 5600 * KIB,
  'revier-timestamp+jws': 4 * KIB,
  'revier-enrolment+jws': 16 * KIB,
  'revier-task+jws': 4096 * KIB,
  'revier-receipt+jws': 64 * KIB,
  'revier-release+jws': 16 * KIB,
  'revier-opening+jws': 64 * KIB,
  'revier-result+jws': 5600 * KIB,
  'revier-access+jws': 64 * KIB,
  'revier-restart+jws': 16 * KIB,
  'revier-people+jws': 16 * KIB,
  'revier-deletion+jws': 5600 * KIB,
  'revier-withdrawal+jws': 256 * KIB,
  'revier-application+jws': 1024 * KIB,
  'revier-closure+jws': 16 * KIB,
  'revier-duty+jws': 16 * KIB,
  // An agreement, and the application beside it.
  'revier-negotiation+jws': 7200 * KIB,
  'revier-approval+jws': 16 * KIB,
  'revier-opinion+jws': 64 * KIB,
  'revier-standing-policy+jws': 256 * KIB,
  'revier-limit+jws': 16 * KIB,
  'revier-status+jws': 16 * KIB,
  'revier-resume+jws': 16 * KIB,
};

/** Characters that a compact JWS of a kind can have at most: base64url, header and signature. */
export const maxCharacters = (kind: SignatureKind): number => Math.ceil((sizeCaps[kind] * 4) / 3) + 2100;

/**
 * What the schema makes of the payload must have the bytes received. This catches duplicate keys and rounded numbers,
 * and also whatever a schema would add (defaults) or drop (`__proto__`): what was signed is what is used.
 * @throws AppError NOT_CANONICAL, INVALID_REQUEST
 */
export function readPayload<S extends z.ZodType>(schema: S, bytes: Uint8Array): z.output<S> {
  const { text, value } = parsedOf(bytes);
  const fitting = schema.safeParse(value);
  if (fitting.success && canonicalText(fitting.data) === text) return fitting.data;
  // What is not canonical is refused as such, whatever else is wrong with it.
  parseSigned(bytes);
  assertFits(schema, value);
  throw new AppError('NOT_CANONICAL');
}

/** Bytes that are no JSON have no canonical form either. */
function parsedOf(bytes: Uint8Array): { readonly text: string; readonly value: unknown } {
  try {
    const text = utf8.decode(bytes);
    return { text, value: JSON.parse(text) };
  } catch (cause) {
    throw new AppError('NOT_CANONICAL', { cause });
  }
}
