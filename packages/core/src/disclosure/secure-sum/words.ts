/** Arithmetic of secure sums: words modulo 2^64, where a masked word says nothing and masks cancel without rest. */

export type Words = BigUint64Array<ArrayBuffer>;

/** Halves of words are added as plain numbers, which is many times faster than whole ones as bigints; the low half must stand first. */
const isLowFirst = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

const halvesOf = ({ buffer, byteOffset, length }: Words): Uint32Array => {
  if (!isLowFirst) throw new RangeError('Words are kept with the low byte first.');
  return new Uint32Array(buffer, byteOffset, 2 * length);
};

/** Adds to `left`, in place, word by word, modulo 2^64. @throws RangeError for vectors of different length */
export function addInto(left: Words, right: Words): void {
  const [to, from] = sameLength(left, right);
  for (let i = 0; i < to.length; i += 2) {
    const low = (to[i] ?? 0) + (from[i] ?? 0);
    to[i] = low;
    to[i + 1] = (to[i + 1] ?? 0) + (from[i + 1] ?? 0) + (low > 0xffff_ffff ? 1 : 0);
  }
}

/** Subtracts from `left`, in place, word by word, modulo 2^64. @throws RangeError for vectors of different length */
export function subtractFrom(left: Words, right: Words): void {
  const [to, from] = sameLength(left, right);
  for (let i = 0; i < to.length; i += 2) {
    const low = (to[i] ?? 0) - (from[i] ?? 0);
    to[i] = low;
    to[i + 1] = (to[i + 1] ?? 0) - (from[i + 1] ?? 0) - (low < 0 ? 1 : 0);
  }
}

function sameLength(left: Words, right: Words): readonly [Uint32Array, Uint32Array] {
  if (left.length !== right.length) throw new RangeError('Vectors of words differ in length.');
  return [halvesOf(left), halvesOf(right)];
}

/** As `addInto`, into a new vector. */
export function addWords(left: Words, right: Words): Words {
  const sum = left.slice();
  addInto(sum, right);
  return sum;
}

/** As `subtractFrom`, into a new vector. */
export function subtractWords(left: Words, right: Words): Words {
  const difference = left.slice();
  subtractFrom(difference, right);
  return difference;
}

/** Whole numbers as words; negative ones, such as noise, from the upper half. */
export const wordsOf = (values: readonly bigint[]): Words =>
  BigUint64Array.from(values, (value) => BigInt.asUintN(64, value));

/** Words read back as numbers between -2^63 and 2^63. */
export const numbersOf = (words: Words): readonly bigint[] => Array.from(words, (word) => BigInt.asIntN(64, word));

/** A keystream as words, low byte first (disclosure.md 2.7). @throws RangeError unless it holds exactly that many. */
export function wordsOfKeystream(bytes: Uint8Array, length: number): Words {
  if (bytes.length !== 8 * length) throw new RangeError('A keystream must have eight bytes for each word.');
  // Copied, since words must be aligned.
  if (isLowFirst) return new BigUint64Array(new Uint8Array(bytes).buffer);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return BigUint64Array.from({ length }, (_, i) => view.getBigUint64(8 * i, true));
}
