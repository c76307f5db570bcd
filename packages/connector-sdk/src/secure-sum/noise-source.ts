/** Where a member's shares of noise come from: its own key, the cell and the records behind it; never a fresh draw. */
import { createHmac } from 'node:crypto';
import { type NoiseShare, SUM_VARIANCE, scaleOfVariance, shareSampler, uniformFrom } from '@revier/core';
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
  const draw = shareSampler({ scale: scaleOfVariance(SUM_VARIANCE), members: members.length });
  // Another set of members gets other noise: the difference of two totals must not be free of it.
  const set = members
    .toSorted()
    .map((member) => `${member.length}:${member}`)
    .join('');
  return ({ measure, cell, state }) =>
    draw(uniformFrom(stream(noiseKey, `${set}|${cellName(measure, cell)}|${state}`)));
}

/** HMAC-SHA512 in counter mode. */
function stream(key: Uint8Array, name: string): (length: number) => Uint8Array {
  let [block, at, counter] = [new Uint8Array(), 0, 0];
  return (length) => {
    while (block.length - at < length) {
      const next = createHmac('sha512', key).update(`revier secure sum noise 1|${counter++}|${name}`).digest();
      block = new Uint8Array(Buffer.concat([block.subarray(at), next]));
      at = 0;
    }
    at += length;
    return block.subarray(at - length, at);
  };
}
