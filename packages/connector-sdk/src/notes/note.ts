/** Signed notes (c2sp.org/signed-note): lines of text, a blank line, and signatures that each stand on a line of their own. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { AppError, type PublicKey } from '@revier/schema';

export interface Note {
  /** Ends with a line break. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** Four bytes in hex. */
  readonly keyId: string;
  readonly bytes: Uint8Array;
}

/** Types of Ed25519 signatures: of the text itself, and of a witness with its time (c2sp.org/tlog-cosignature). */
export const signatureTypes = { note: 0x01, cosignature: 0x04 } as const;
export type SignatureType = keyof typeof signatureTypes;

/** Characters; the notes of a log with a hundred witnesses are a quarter of it. */
export const LONGEST_NOTE = 65_536;

const SIGNATURE = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;
const MOST_SIGNATURES = 200;

/** SHA-256(name, line break, type, public key), the first four bytes. */
export function noteKeyId(name: string, type: SignatureType, key: PublicKey): string {
  const hash = createHash('sha256').update(`${name}\n`).update(Uint8Array.of(signatureTypes[type])).update(rawKey(key));
  return hash.digest('hex').slice(0, 8);
}

/** @throws AppError INVALID_REQUEST for what is no signed note */
export function parseNote(whole: string): Note {
  const at = whole.lastIndexOf('\n\n');
  if (whole.length > LONGEST_NOTE || at < 0 || !whole.endsWith('\n') || hasControls(whole)) throw unfit();
  const lines = whole.slice(at + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) throw unfit();
  return { text: whole.slice(0, at + 1), signatures: lines.map(parseSignature) };
}

/** One line, without its break. @throws AppError INVALID_REQUEST */
export function parseSignature(line: string): NoteSignature {
  const [, name, encoded] = SIGNATURE.exec(line) ?? [];
  const bytes = encoded === undefined ? undefined : base64Bytes(encoded);
  if (name === undefined || bytes === undefined || bytes.length < 5) throw unfit();
  return { name, keyId: bytes.subarray(0, 4).toString('hex'), bytes: Uint8Array.from(bytes.subarray(4)) };
}

export const signatureLine = ({ name, keyId, bytes }: NoteSignature): string =>
  `— ${name} ${Buffer.concat([Buffer.from(keyId, 'hex'), bytes]).toString('base64')}`;

export const noteText = ({ text, signatures }: Note): string =>
  `${text}\n${signatures.map((signature) => `${signatureLine(signature)}\n`).join('')}`;

/** Does this key vouch for these bytes? */
export const verifyBytes = (key: PublicKey, message: string, signature: Uint8Array): boolean =>
  signature.length === 64 &&
  verify(null, Buffer.from(message), createPublicKey({ key: { ...key }, format: 'jwk' }), signature);

/** Standard base64 in its one form. */
export function base64Bytes(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

const rawKey = ({ x }: PublicKey): Buffer => Buffer.from(x, 'base64url');

function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && code !== 0x0a) return true;
  }
  return !text.isWellFormed();
}

export const unfit = (): AppError => new AppError('INVALID_REQUEST', { detail: 'This is no signed note.' });
