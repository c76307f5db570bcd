/** The total of a secure sum once all masks are open: computed where masked words meet, from nothing else. */
import { addInto, subtractFrom, type Words, wordsOfKeystream } from './words.ts';

export type SumStep =
  /** Phase 1: masked words are missing; nothing is readable, and the attempt ends. */
  | { readonly step: 'incomplete'; readonly missing: readonly string[] }
  /** Phase 2: these self masks are still closed; recover their seeds from shares, never run again. */
  | { readonly step: 'pending'; readonly recover: readonly string[] }
  | { readonly step: 'opened'; readonly sum: Words };

/**
 * The noised total over exactly this roster (disclosure.md 2.7). A member lost before its words came ends the attempt; one lost afterwards only
 * delays it. @throws RangeError for words or keystreams of another length, or of somebody who is not in the roster.
 */
export function openedSum(
  roster: readonly string[],
  masked: ReadonlyMap<string, Words>,
  selfKeystreams: ReadonlyMap<string, Uint8Array>,
): SumStep {
  const members = new Set(roster);
  if ([...masked.keys(), ...selfKeystreams.keys()].some((id) => !members.has(id)))
    throw new RangeError('Words came from somebody outside the roster.');
  const missing = roster.filter((id) => !masked.has(id));
  if (missing.length > 0) return { step: 'incomplete', missing };
  const recover = roster.filter((id) => !selfKeystreams.has(id));
  if (recover.length > 0) return { step: 'pending', recover };
  const [first = new BigUint64Array(), ...others] = roster.flatMap((id) => masked.get(id) ?? []);
  const sum = first.slice();
  for (const words of others) addInto(sum, words);
  for (const keystream of selfKeystreams.values()) subtractFrom(sum, wordsOfKeystream(keystream, sum.length));
  return { step: 'opened', sum };
}
