/** The canonical form (RFC 8785) and the digests made of it: the ground that every identity stands on. */
import { createHash } from 'node:crypto';
import { AppError, type Sha256 } from '@revier/schema';
import canonicalize from 'canonicalize';

const encoder = new TextEncoder();

/** RFC 8785 text of a JSON value. @throws AppError NOT_CANONICAL for what has no canonical form: undefined, non-finite numbers, lone surrogates. */
export function canonicalText(value: unknown): string {
  const text = serialise(value);
  if (text === undefined || !text.isWellFormed()) throw new AppError('NOT_CANONICAL');
  return text;
}

function serialise(value: unknown): string | undefined {
  try {
    return canonicalize(value);
  } catch (cause) {
    throw new AppError('NOT_CANONICAL', { cause });
  }
}

export const canonicalBytes = (value: unknown): Uint8Array => encoder.encode(canonicalText(value));

export const digest = (bytes: Uint8Array): Sha256 => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Identity of a document: SHA-256 of its RFC 8785 bytes. */
export const contentHash = (value: unknown): Sha256 => digest(canonicalBytes(value));

/**
 * Parses JSON that must already be canonical. Since `JSON.parse` keeps the last of two equal keys and rounds 2^53 + 1,
 * the canonical form of what was parsed has to equal the bytes received; this one rule catches both.
 * @throws AppError MALFORMED_JSON, NOT_CANONICAL
 */
export function parseCanonical(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  const value = parse(text);
  if (canonicalText(value) !== text) throw new AppError('NOT_CANONICAL');
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('MALFORMED_JSON', { cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('MALFORMED_JSON', { cause });
  }
}

/** Orders by canonical text and drops repetitions. */
export function sortedUnique<T>(items: readonly T[]): T[] {
  const byText = new Map(items.map((item) => [canonicalText(item), item]));
  return [...byText.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
}
