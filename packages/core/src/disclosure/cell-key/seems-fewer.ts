/** Whether a set of records seems to hold fewer than so many: the one test for what two figures differ by. */
import { fractionOf } from './cell-key.ts';
import { countNoise } from './count-noise.ts';
import type { Ptable } from './ptable.ts';

export interface Fewness {
  readonly ptable: Ptable;
  /** Greatest change that the table makes. */
  readonly bound: number;
  /** What seems smaller than this is few. */
  readonly least: number;
}

/** Judged with the noise of its own key, a sum or difference of keys that is taken modulo 2^32. */
export function seemsFewer(count: number, key: number, { ptable, bound, least }: Fewness): boolean {
  // Most sets are large: whatever the noise, they are not few.
  if (count >= least + bound) return false;
  return count + countNoise(ptable, Math.max(0, count), fractionOf(key >>> 0)) < least;
}
