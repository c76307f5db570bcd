/** Keystreams of masks: AES-256 in counter mode, under keys that are never used for anything else. */
import { createCipheriv, createHash } from 'node:crypto';
import { selfInfo } from '@revier/core';
import { derived, seedBytes } from './sum-keys.ts';

const ZEROS = Buffer.alloc(16);

/** Eight bytes for each word. */
export function keystream(key: Uint8Array, words: number): Uint8Array {
  const bytes = createCipheriv('aes-256-ctr', key, ZEROS).update(Buffer.alloc(8 * words));
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The self mask that a seed stands for. */
export function selfKeystream(seed: string, member: string, context: string, words: number): Uint8Array {
  const salt = createHash('sha256').update(context).digest();
  return keystream(derived(seedBytes(seed), salt, selfInfo(member)), words);
}
