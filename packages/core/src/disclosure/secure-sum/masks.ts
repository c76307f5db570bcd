/** Masks of one member: pairwise ones that cancel in the sum of all, and one of its own that it may reveal later. */
import { addInto, addWords, subtractFrom, type Words, wordsOfKeystream } from './words.ts';

export interface MaskInput {
  readonly member: string;
  /** Values with the member's share of the noise. */
  readonly values: Words;
  /** AES-256-CTR under HKDF(b, context, "self|member"). */
  readonly selfKeystream: Uint8Array;
  /** AES-256-CTR under the key of each pair, by the other member. */
  readonly pairKeystreams: Iterable<readonly [string, Uint8Array]>;
}

/** What keys of one attempt are bound to (disclosure.md 2.7): submission, attempt and sorted members. */
export const maskContext = (submission: string, attempt: number, members: readonly string[]): string =>
  [`revier secure sum 1`, submission, String(attempt), ...members.toSorted(byBytes)]
    .map((part) => `${part.length}:${part}`)
    .join('');

/** HKDF info of a pair key, the same on both sides. */
export const pairInfo = (one: string, other: string): string => ['pair', ...[one, other].sort(byBytes)].join('|');

export const selfInfo = (member: string): string => `self|${member}`;

/**
 * values + self mask + sum of pair masks, where the member whose identifier comes first adds the mask of a pair and the other subtracts it
 * (K. Bonawitz et al., CCS 2017; disclosure.md 2.7). @throws RangeError for a keystream of the wrong length or a pair with itself.
 */
export function maskedWords({ member, values, selfKeystream, pairKeystreams }: MaskInput): Words {
  const masked = addWords(values, wordsOfKeystream(selfKeystream, values.length));
  for (const [other, keystream] of pairKeystreams) {
    if (other === member) throw new RangeError('A member has no pair with itself.');
    const mask = wordsOfKeystream(keystream, values.length);
    if (byBytes(member, other) < 0) addInto(masked, mask);
    else subtractFrom(masked, mask);
  }
  return masked;
}

/** Order of the UTF-8 bytes, which is the same wherever the program runs. */
export function byBytes(a: string, b: string): number {
  const [left, right] = [new TextEncoder().encode(a), new TextEncoder().encode(b)];
  const place = left.findIndex((byte, i) => byte !== right[i]);
  return place < 0 ? left.length - right.length : (left[place] ?? 0) - (right[place] ?? -1);
}
