/** Where a member's shares of noise come from: its own key, the cell and the records behind it; never a fresh draw. */
import { createHmac } from 'node:crypto';
import {
  type NoiseShare,
  STEPS_PER_PERSON,
  SUM_VARIANCE,
  scaleOfVariance,
  shareSampler,
  type UniformBelow,
} from '@revier/core';
import { AppError } from '@revier/schema';

export interface NoiseSource {
  /** 32 bytes at least. */
  readonly noiseKey: Uint8Array;
  /** The name of a cell without its data epoch: records that stay keep their noise, or epochs would average it out. */
  readonly cellName: (measure: number, cell: number) => string;
  /** Distinct holders, every one of which adds a share. */
  readonly members: readonly string[];
}

/** @throws AppError INTERNAL for a key that would protect nothing */
export function noiseSource({ noiseKey, cellName, members }: NoiseSource): NoiseShare {
  if (noiseKey.length < 32) throw new AppError('INTERNAL', { detail: 'A noise key has 32 bytes at least.' });
  const count = shareSampler({ scale: scaleOfVariance(SUM_VARIANCE), members: members.length });
  // One person contributes a whole number of steps, so that noise in steps has that many times the deviation.
  const fine = once(() =>
    shareSampler({ scale: scaleOfVariance(SUM_VARIANCE * STEPS_PER_PERSON ** 2), members: members.length }),
  );
  // Another set of members gets other noise: the difference of two totals must not be free of it.
  const set = members
    .toSorted()
    .map((member) => `${member.length}:${member}`)
    .join('');
  const key = createHmac('sha256', noiseKey).update(`revier secure sum noise 1|${set}`).digest();
  return ({ measure, cell, state, isFine }) =>
    (isFine ? fine() : count)(uniformOf(key, `${cellName(measure, cell)}|${state}`));
}

/** Tables of probabilities are made when they are needed. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const ALL = 1n << 128n;

/** Uniform numbers of 128 bits, which is what shares are drawn from: four of them from each block of HMAC-SHA512. */
function uniformOf(key: Uint8Array, name: string): UniformBelow {
  let [block, at, counter] = [Buffer.alloc(0), 0, 0];
  return (bound) => {
    if (bound !== ALL) throw new RangeError('Shares are drawn from numbers of 128 bits.');
    if (at === block.length) [block, at] = [createHmac('sha512', key).update(`${counter++}|${name}`).digest(), 0];
    at += 16;
    return (block.readBigUInt64BE(at - 16) << 64n) | block.readBigUInt64BE(at - 8);
  };
}
