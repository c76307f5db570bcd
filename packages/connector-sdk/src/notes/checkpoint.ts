/** Checkpoints (c2sp.org/tlog-checkpoint): a log says how long it is and what its tree hashes to, and signs it. */
import { HASH_BYTES, type TreeHead } from '@revier/core';
import { AppError, type ParticipantId, type PublicKey, type Realm } from '@revier/schema';
import type { Signer } from '../signatures/keys.ts';
import {
  base64Bytes,
  type Note,
  type NoteSignature,
  noteKeyId,
  noteText,
  parseNote,
  type SignatureType,
  unfit,
  verifyBytes,
} from './note.ts';

export interface Checkpoint extends TreeHead {
  /** Name of the log. */
  readonly origin: string;
}

/** The log of a participant, and the name under which it signs as log and as witness. Realms never mix. */
export const originOf = (participant: ParticipantId, realm: Realm): string =>
  `${participant.slice('did:web:'.length)}/revier-${realm}`;

export const checkpointText = ({ origin, size, hash }: Checkpoint): string =>
  `${origin}\n${size}\n${Buffer.from(hash).toString('base64')}\n`;

/** The note, signed by its log. */
export function signCheckpoint(checkpoint: Checkpoint, signer: Signer): string {
  const { origin: name } = checkpoint;
  const text = checkpointText(checkpoint);
  const keyId = noteKeyId(name, 'note', signer.publicKey);
  return noteText({ text, signatures: [{ name, keyId, bytes: signer.signLines(text) }] });
}

/** Lines after the third are refused: nobody could audit them. @throws AppError INVALID_REQUEST */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root, end, ...more] = text.split('\n');
  const hash = root === undefined ? undefined : base64Bytes(root);
  const isSize = size !== undefined && /^(0|[1-9]\d{0,15})$/.test(size) && Number.isSafeInteger(Number(size));
  if (!origin || !isSize || hash?.length !== HASH_BYTES || end !== '' || more.length > 0) throw unfit();
  return { origin, size: Number(size), hash: Uint8Array.from(hash) };
}

/** A checkpoint with the signature of its log verified, and whatever else stands under it. */
export interface OpenedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: Note;
}

/**
 * @param keys of the participant whose log it is
 * @throws AppError INVALID_REQUEST, also for the log of somebody else; SIGNATURE_INVALID
 */
export function openCheckpoint(whole: string, origin: string, keys: readonly PublicKey[]): OpenedCheckpoint {
  const note = parseNote(whole);
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== origin) throw unfit();
  signedBy(note.signatures, {
    name: origin,
    type: 'note',
    keys,
    verify: (key, bytes) => verifyBytes(key, note.text, bytes),
  });
  return { checkpoint, note };
}

interface Expected {
  readonly name: string;
  readonly type: SignatureType;
  readonly keys: readonly PublicKey[];
  readonly verify: (key: PublicKey, bytes: Uint8Array) => boolean;
}

/** Signatures of unknown keys are passed over; one of a known key that does not verify spoils the note, as the specification says. */
export function signedBy(signatures: readonly NoteSignature[], { name, type, keys, verify }: Expected): NoteSignature {
  const known = new Map(keys.map((key) => [noteKeyId(name, type, key), key]));
  const verified = signatures.flatMap((signature) => {
    const key = signature.name === name ? known.get(signature.keyId) : undefined;
    return key === undefined ? [] : [{ signature, valid: verify(key, signature.bytes) }];
  });
  const [first] = verified;
  if (first === undefined || verified.some(({ valid }) => !valid)) throw notSigned();
  return first.signature;
}

const notSigned = (): AppError =>
  new AppError('SIGNATURE_INVALID', {
    detail: 'The note is not signed by a key of the one who is said to have signed it.',
  });
