/** Whether a set of records is another one than before, and whether two sets are near, as far as anybody may notice. */
import { createHmac } from 'node:crypto';
import type { Perturbation } from '@revier/schema';
import { fractionOf } from '../cell-key/cell-key.ts';
import { countNoise } from '../cell-key/count-noise.ts';
import type { Ptable } from '../cell-key/ptable.ts';

export interface SetOfRecords {
  readonly units: number;
  readonly persons: number;
  readonly key: number;
}

/** In [0, 1): a keyed function of a change. */
export type Draw = (change: number, key: number) => number;

/** From so many times k on, a change always counts. */
const ALWAYS_FROM = 3;

/**
 * Never for a change of fewer than k units or persons, none included; always from 3 k on. In between the limit is drawn from the key of the difference:
 * whoever knows all but one of those who have joined learns little from being shown a new figure, or not (1 / 2k by total variation).
 */
export function isOtherSet(before: SetOfRecords, now: SetOfRecords, k: number, draw: Draw): boolean {
  const change = Math.min(Math.abs(now.units - before.units), Math.abs(now.persons - before.persons));
  if (change < k) return false;
  const limit = () => k * (1 + (ALWAYS_FROM - 1) * draw(change, (now.key - before.key) >>> 0));
  return change >= ALWAYS_FROM * k || change >= limit();
}

export const drawOf =
  (noiseKey: Uint8Array, figure: string): Draw =>
  (change, key) => {
    const text = `revier history 1|${figure}|${change}|${key}`;
    return fractionOf(createHmac('sha256', noiseKey).update(text).digest().readUInt32BE(0));
  };

export interface Nearness {
  readonly perturbation: Perturbation;
  readonly ptable: Ptable;
  /** As `leastApart` says. */
  readonly least: number;
}

/**
 * Whether two sets, of which one lies within the other, seem to differ by too few, each with the noise that its own figure carries. So a figure that is not
 * said tells nothing that the two would not have told; noise of the difference itself would be a third word about who lies between them (A24).
 */
export function isNear(fine: SetOfRecords, coarse: SetOfRecords, { perturbation, ptable, least }: Nearness): boolean {
  const { D } = perturbation;
  const noised = (count: number, key: number): number => count + countNoise(ptable, count, fractionOf(key >>> 0));
  const seemsNear = (inner: number, outer: number): boolean => {
    if (outer - inner >= least + 2 * D) return false;
    const apart = noised(outer, coarse.key) - noised(inner, fine.key);
    // Below what noise can do, the inner one has grown since the outer one was said.
    return apart < least && apart > -least - 2 * D;
  };
  return seemsNear(fine.units, coarse.units) || seemsNear(fine.persons, coarse.persons);
}
