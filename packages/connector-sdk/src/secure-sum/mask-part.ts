/** A member's masked part: its noised words under the masks of all pairs and its own, and its seed in shares for the others. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  maskContext,
  maskedWords,
  type NoisedWords,
  openNoisedWords,
  type Share,
  sharesOf,
  thresholdOf,
} from '@revier/core';
import { AppError, type MaskedBody, type Sha256 } from '@revier/schema';
import { keystream, selfKeystream } from './keystream.ts';
import { type PairKeys, pairKeysOf, type SumSecret, seedBytes } from './sum-keys.ts';

/** One attempt, as everybody in it sees it. */
export interface SumRoster {
  readonly submission: Sha256;
  readonly attempt: number;
  /** Digest of the receipts: another roster gives other masks, which do not cancel. */
  readonly digest: Sha256;
  /** Public keys by member. */
  readonly keys: ReadonlyMap<string, string>;
}

export interface Masking {
  readonly member: string;
  readonly secret: SumSecret;
  /** 32 random bytes, base64url. */
  readonly seed: string;
  readonly roster: SumRoster;
}

export const contextOf = ({ submission, attempt, digest, keys }: SumRoster): string =>
  maskContext(`${submission} ${digest}`, attempt, [...keys.keys()]);

export const makeSeed = (): string => randomBytes(32).toString('base64url');

/** Everything but the table that the words are of. */
export function maskPart(noised: NoisedWords, masking: Masking): Pick<MaskedBody, 'words' | 'shares'> {
  const { member, seed, roster } = masking;
  const values = openNoisedWords(noised);
  const pairs = pairsOf(masking);
  const others = [...roster.keys.keys()].filter((other) => other !== member);
  const words = maskedWords({
    member,
    values,
    selfKeystream: selfKeystream(seed, member, contextOf(roster), values.length),
    pairKeystreams: streams(others, pairs, values.length),
  });
  return { words: littleEndian(words), shares: sealedShares(masking, pairs) };
}

const pairsOf = ({ member, secret, roster }: Omit<Masking, 'seed'>): PairKeys =>
  pairKeysOf({ member, secret, keys: roster.keys, context: contextOf(roster) });

/** One keystream after the other: all at once would take memory for every member. */
function* pairStreams(others: readonly string[], pairs: PairKeys, words: number): Generator<[string, Uint8Array]> {
  for (const other of others) yield [other, keystream(pairs.mask(other), words)];
}

const streams = (others: readonly string[], pairs: PairKeys, words: number) => pairStreams(others, pairs, words);

/** The place of a member among all is where its share is taken. */
const placeOf = (roster: SumRoster, member: string): number => [...roster.keys.keys()].sort().indexOf(member) + 1;

function sealedShares({ member, seed, roster }: Masking, pairs: PairKeys): MaskedBody['shares'] {
  const members = [...roster.keys.keys()].sort();
  const secret = seedBytes(seed);
  const coefficients = Array.from({ length: thresholdOf(members.length) - 1 }, () => new Uint8Array(randomBytes(32)));
  const shares = sharesOf(secret, members.length, coefficients);
  return Object.fromEntries(
    shares.flatMap((share, at) => {
      const to = members[at];
      return to === undefined || to === member ? [] : [[to, sealed(share, pairs.seal(member, to))]];
    }),
  );
}

/** The key is used for this one text, so the nonce may be constant. */
const NONCE = Buffer.alloc(12);
const TAG_BYTES = 16;

function sealed({ x, y }: Share, key: Uint8Array): string {
  const cipher = createCipheriv('aes-256-gcm', key, NONCE, { authTagLength: TAG_BYTES });
  const bytes = [cipher.update(Buffer.concat([Buffer.of(x), y])), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(bytes).toString('base64url');
}

/** This member's share of the seed of another. @throws AppError INVALID_REQUEST for a share that was not sealed for it, in this attempt, by that member */
export function unsealShare(from: string, share: string, masking: Omit<Masking, 'seed'>): Share {
  const { member, roster } = masking;
  const bytes = Buffer.from(share, 'base64url');
  try {
    const key = pairsOf(masking).seal(from, member);
    const decipher = createDecipheriv('aes-256-gcm', key, NONCE, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const plain = Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
    const [x = 0] = plain;
    if (plain.length === 33 && x === placeOf(roster, member)) return { x, y: new Uint8Array(plain.subarray(1)) };
  } catch (cause) {
    throw new AppError('INVALID_REQUEST', { detail: 'The share was not sealed for this member.', cause });
  }
  throw new AppError('INVALID_REQUEST', { detail: 'The share has another place.' });
}

function littleEndian(words: BigUint64Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 * words.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => {
    view.setBigUint64(8 * i, word, true);
  });
  return bytes;
}
