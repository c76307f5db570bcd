/** Who follows which log: with a thousand holders not everybody everybody's, but a few, evenly spread, and known to all. */
import { createHash } from 'node:crypto';

/** Witnesses of one log, besides the broker that carries. */
export const MOST_WITNESSES = 7;

/**
 * Rendezvous hashing: those with the smallest hash of log and name, without the owner. When one leaves, only its places change.
 * @param names of all who could
 */
export const witnessesOf = (origin: string, names: readonly string[]): string[] =>
  names
    .filter((name) => name !== origin)
    .map((name) => ({ name, rank: createHash('sha256').update(`${origin}\n${name}`).digest('hex') }))
    .sort((one, other) => (one.rank < other.rank ? -1 : 1))
    .slice(0, MOST_WITNESSES)
    .map(({ name }) => name);
