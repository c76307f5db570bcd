/** The noise of weighted sums: a keyed function of the records, bounded, the same whenever the same records are asked for. */
import { createHmac } from 'node:crypto';
import type { Sha256 } from '@revier/schema';

/** Greatest change and variance, in events of mean weight (disclosure.md 1.2 and 2.8: D = 5, V = 3). */
export const NOISE_BOUND = 5;
export const NOISE_VARIANCE = 3;

const values: readonly number[] = Array.from({ length: 2 * NOISE_BOUND + 1 }, (_, i) => i - NOISE_BOUND);

/**
 * Probabilities of -5 .. 5: of all laws on them with mean 0 and variance 3 the one of greatest entropy, p proportional to exp(b v^2)
 * (the dual of the entropy programme in CRAN ptable, `R/pt_optim_entropy.R`, without its one-sided rows for small counts).
 */
export const noiseLaw: readonly { readonly value: number; readonly probability: number }[] = lawOf(
  exponentOfVariance(),
);

function lawOf(b: number): { value: number; probability: number }[] {
  const masses = values.map((v) => Math.exp(b * v * v));
  const whole = masses.reduce((sum, mass) => sum + mass, 0);
  return values.map((value, i) => ({ value, probability: (masses[i] ?? 0) / whole }));
}

/** Variance grows with b, from that of 0 alone to the 10 of the uniform law at b = 0. */
function exponentOfVariance(): number {
  let [low, high] = [-10, 0];
  for (let step = 0; step < 100; step++) {
    const b = (low + high) / 2;
    const variance = lawOf(b).reduce((sum, { value, probability }) => sum + probability * value * value, 0);
    if (variance < NOISE_VARIANCE) low = b;
    else high = b;
  }
  return (low + high) / 2;
}

/** The noise that a uniform 32-bit word stands for: the first value whose cumulated probability lies above it. */
export function noiseOfWord(word: number): number {
  let cumulated = 0;
  for (const { value, probability } of noiseLaw) {
    cumulated += probability;
    if (word < cumulated * 2 ** 32) return value;
  }
  return NOISE_BOUND;
}

/**
 * Noise for the weighted sum `identity` over the records whose keys sum to `recordKeys` modulo 2^32. Neither asker, session, time nor
 * data epoch enters: asking again, in other words, or after an import that left these records alone, averages nothing out. The key
 * is hashed once more here, so that two weighted sums of the same records do not share one factor (disclosure.md 2.4).
 */
export function noiseOf(noiseKey: Uint8Array, identity: Sha256, recordKeys: number): number {
  const sum = new Uint8Array(4);
  new DataView(sum.buffer).setUint32(0, recordKeys % 2 ** 32);
  const mac = createHmac('sha256', noiseKey).update(`revier weighted sum noise 1|${identity}|`).update(sum).digest();
  return noiseOfWord(mac.readUInt32BE(0));
}
