/** Arithmetic of secure sums: words modulo 2^64, where a masked word says nothing and masks cancel without rest. */

export type Words = BigUint64Array<ArrayBuffer>;

/** Adds word by word, modulo 2^64. @throws RangeError for vectors of different length. */
export const addWords = (left: Words, right: Words): Words => combined(left, right, (a, b) => a + b);

/** Subtracts word by word, modulo 2^64. @throws RangeError for vectors of different length. */
export const subtractWords = (left: Words, right: Words): Words => combined(left, right, (a, b) => a - b);

function combined(left: Words, right: Words, of: (a: bigint, b: bigint) => bigint): Words {
  if (left.length !== right.length) throw new RangeError('Vectors of words differ in length.');
  // The array itself cuts off what lies above 64 bits.
  return left.map((word, i) => of(word, right[i] ?? 0n));
}

/** Whole numbers as words; negative ones, such as noise, from the upper half. */
export const wordsOf = (values: readonly bigint[]): Words =>
  BigUint64Array.from(values, (value) => BigInt.asUintN(64, value));

/** Words read back as numbers between -2^63 and 2^63. */
export const numbersOf = (words: Words): readonly bigint[] => Array.from(words, (word) => BigInt.asIntN(64, word));

/** A keystream as words, low byte first (disclosure.md 2.7). @throws RangeError unless it holds exactly that many. */
export function wordsOfKeystream(bytes: Uint8Array, length: number): Words {
  if (bytes.length !== 8 * length) throw new RangeError('A keystream must have eight bytes for each word.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return BigUint64Array.from({ length }, (_, i) => view.getBigUint64(8 * i, true));
}
