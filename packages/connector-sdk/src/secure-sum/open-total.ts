/** The total of a secure sum from its masked parts and opened seeds: whoever has asked can do it again. */
import { openedSum, type Share, secretOf, thresholdOf, type Words, wordsOfKeystream } from '@revier/core';
import { AppError, type MaskedBody, type Sha256, type SumPart } from '@revier/schema';
import { selfKeystream } from './keystream.ts';
import { contextOf } from './mask-part.ts';
import { seedBytes, seedCommitment, seedText } from './sum-keys.ts';

/** One member's part, verified: signed by it. */
export interface MaskedPart {
  readonly member: string;
  readonly sum: SumPart;
  readonly body: MaskedBody;
}

/** With its seed, the one that it has committed to. */
export interface OpenedPart extends MaskedPart {
  readonly seed: string;
}

/** @throws AppError INVALID_REQUEST unless these are exactly the parts of one attempt, each with its own seed */
export function openTotal(parts: readonly OpenedPart[]): Words {
  const { sum, body } = requireOneSum(parts);
  const { submission, attempt, roster: digest, members } = sum;
  if (parts.some(({ seed, sum }) => seedCommitment(seed) !== sum.seed)) throw misfit('A seed is another one.');
  const context = contextOf({ submission, attempt, digest, keys: new Map(members.map((member) => [member, ''])) });
  const words = body.words.length / 8;
  const step = openedSum(
    members,
    new Map(parts.map(({ member, body }) => [member, wordsOfKeystream(body.words, words)])),
    new Map(parts.map(({ member, seed }) => [member, selfKeystream(seed, member, context, words)])),
  );
  if (step.step !== 'opened') throw misfit('A part is missing.');
  return step.sum;
}

/** The first of them. @throws AppError INVALID_REQUEST unless these are exactly the parts of one attempt */
export function requireOneSum(parts: readonly MaskedPart[]): MaskedPart {
  const [first] = parts;
  if (first === undefined) throw misfit('There is no part.');
  const { submission, attempt, roster: digest, members } = first.sum;
  const isOne = parts.every(
    ({ sum, body }) =>
      sum.submission === submission &&
      sum.attempt === attempt &&
      sum.roster === digest &&
      sameSet(sum.members, members) &&
      sameTable(body, first.body),
  );
  if (
    !isOne ||
    !sameSet(
      parts.map(({ member }) => member),
      members,
    )
  )
    throw misfit('These are not the parts of one sum.');
  return first;
}

const sameTable = (one: MaskedBody, other: MaskedBody): boolean =>
  one.table === other.table && one.words.length === other.words.length;

const sameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && new Set([...one, ...other]).size === one.length;

const misfit = (detail: string): AppError => new AppError('INVALID_REQUEST', { detail });

/** The seed of a lost member, or undefined when these shares do not give the one that it has committed to. */
export function recoverSeed(
  shares: readonly { readonly x: number; readonly y: string }[],
  members: number,
  commitment: Sha256,
): string | undefined {
  const given: Share[] = shares.map(({ x, y }) => ({ x, y: seedBytes(y) }));
  try {
    const seed = seedText(secretOf(given, thresholdOf(members)));
    return seedCommitment(seed) === commitment ? seed : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
