/** The standard normal distribution, read off the gamma distribution: the square of a normal score is chi-square with one df. */
import { gammaQuantile } from './gamma-distribution.ts';
import { requireProbability } from './preconditions.ts';

/** The z below which `probability` (0 to 1) of the standard normal distribution lies. */
export function normalQuantile(probability: number): number {
  requireProbability('probability', probability);
  const upper = probability > 0.5;
  const beyond = 2 * (upper ? 1 - probability : probability);
  const z = Math.sqrt(2 * gammaQuantile({ shape: 0.5, tail: 'upper', probability: beyond }));
  return upper || z === 0 ? z : -z;
}
