/** The only door for figures: what leaves is a `Release` of disclosure control, what arrives is what was signed for. */
import { digest, type Release } from '@revier/core';
import { AppError, type ReleaseBody, type Sha256 } from '@revier/schema';
import { decodeBody, encodeBody } from './body.ts';

/** What a signed release header says of its body. */
export interface ExpectedBody {
  readonly bytes: number;
  readonly sha256: Sha256;
}

export const encodeRelease = (release: Release): Uint8Array => encodeBody(release.body);

/** @throws AppError SIGNATURE_INVALID when the bytes are not those of the header; INVALID_REQUEST, NOT_CANONICAL */
export function decodeRelease(bytes: Uint8Array, expected: ExpectedBody): ReleaseBody {
  if (bytes.length !== expected.bytes || digest(bytes) !== expected.sha256)
    throw new AppError('SIGNATURE_INVALID', { detail: 'The body is not the one that the header was signed for.' });
  return decodeBody(bytes);
}
