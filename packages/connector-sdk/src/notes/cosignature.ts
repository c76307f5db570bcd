/** Cosignatures (c2sp.org/tlog-cosignature, v1): a witness says that at this time it knew no other and no longer tree of the log. */
import type { PublicKey } from '@revier/schema';
import type { Signer } from '../signatures/keys.ts';
import { signedBy } from './checkpoint.ts';
import { type Note, type NoteSignature, noteKeyId, signatureLine, verifyBytes } from './note.ts';

const TIME_BYTES = 8;

const messageOf = (seconds: bigint, text: string): string => `cosignature/v1\ntime ${seconds}\n${text}`;

/**
 * One signature line for the text of a checkpoint, without its break.
 * @param name of the witness; @param seconds since the epoch
 */
export function cosign(
  text: string,
  { name, signer, seconds }: { name: string; signer: Signer; seconds: number },
): string {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(seconds));
  const bytes = Buffer.concat([time, signer.signLines(messageOf(BigInt(seconds), text))]);
  return signatureLine({ name, keyId: noteKeyId(name, 'cosignature', signer.publicKey), bytes });
}

/** Seconds since the epoch at which this witness cosigned. @throws AppError SIGNATURE_INVALID when it did not */
export function cosignedAt({ text, signatures }: Note, name: string, keys: readonly PublicKey[]): number {
  const signature = signedBy(signatures, {
    name,
    type: 'cosignature',
    keys,
    verify: (key, bytes) => verifyTimed(key, text, bytes),
  });
  return Number(timeOf(signature));
}

const timeOf = ({ bytes }: Pick<NoteSignature, 'bytes'>): bigint => Buffer.from(bytes).readBigUInt64BE();

const verifyTimed = (key: PublicKey, text: string, bytes: Uint8Array): boolean =>
  bytes.length > TIME_BYTES && verifyBytes(key, messageOf(timeOf({ bytes }), text), bytes.subarray(TIME_BYTES));
