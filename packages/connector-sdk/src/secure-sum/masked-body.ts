/** The one spelling of a masked part in CBOR: what was parsed, written again, must be the bytes received. */
import { digest } from '@revier/core';
import { AppError, MaskedBody } from '@revier/schema';
import { Decoder, Encoder } from 'cbor-x';
import type { ExpectedBody } from '../codec/release.ts';
import { bonesOf } from '../codec/skeleton.ts';
import { assertFits } from '../signatures/fits.ts';

const options = { useRecords: false, mapsAsObjects: true, variableMapSize: true, tagUint8Array: true };
const encoder = new Encoder(options);
const decoder = new Decoder(options);

export function encodeMasked(body: MaskedBody): Uint8Array {
  const { format, table, words, shares } = assertFits(MaskedBody, body);
  const sorted = Object.fromEntries(Object.entries(shares).sort(([a], [b]) => (a < b ? -1 : 1)));
  const bytes = encoder.encode({ format, table, words: new Uint8Array(words), shares: sorted });
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * @param words how many the table has
 * @throws AppError SIGNATURE_INVALID when the bytes are not those of the header; INVALID_REQUEST, NOT_CANONICAL
 */
export function decodeMasked(received: Uint8Array, expected: ExpectedBody, words: number): MaskedBody {
  if (received.length !== expected.bytes || digest(received) !== expected.sha256)
    throw new AppError('SIGNATURE_INVALID', { detail: 'The body is not the one that the header was signed for.' });
  const bytes = new Uint8Array(received.buffer, received.byteOffset, received.byteLength);
  bonesOf(bytes);
  const body = assertFits(MaskedBody, parsed(bytes));
  if (Buffer.compare(encodeMasked(body), bytes) !== 0) throw new AppError('NOT_CANONICAL');
  if (body.words.length !== 8 * words)
    throw AppError.at('INVALID_REQUEST', '/words', 'There are more or fewer words than the table has cells.');
  return body;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new AppError('INVALID_REQUEST', { detail: 'This is not the CBOR of a masked part.', cause });
  }
}
