/** Cell keys: sums of the record keys of a cell, additive over nodes, which fix its noise. */

/** Modulus of sums of 32-bit record keys. */
const MODULUS = 2 ** 32;

/**
 * Sum of record keys, or of partial sums of nodes: associative and commutative, so it does not matter who adds first (disclosure.md 1.2).
 * No epoch enters: a new key each epoch would average the noise out (2.3). `modulus` is for keys of other widths, such as the
 * eight decimals of R cellKey. @throws RangeError for a key outside [0, modulus).
 */
export function sumOfKeys(keys: Iterable<number>, modulus: number = MODULUS): number {
  let sum = 0;
  for (const key of keys) {
    if (!Number.isInteger(key) || key < 0 || key >= modulus) throw new RangeError('A key lies outside its range.');
    sum = (sum + key) % modulus;
  }
  return sum;
}

/** Key of the records that are in one set and not in the other, where the latter is part of the former. */
export const differenceOfKeys = (whole: number, part: number): number => sumOfKeys([whole, (MODULUS - part) % MODULUS]);

/** The cell key as the fraction that lookups take. */
export const fractionOf = (key: number, modulus: number = MODULUS): number => key / modulus;
