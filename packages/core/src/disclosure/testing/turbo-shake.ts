/** For tests: TurboSHAKE128 (RFC 9861) as a stream of bytes, which the seeded samples of libprio-rs are drawn from. */

const MASK = (1n << 64n) - 1n;
const RATE = 168;
const rotated = (x: bigint, by: number): bigint => ((x << BigInt(by)) | (x >> BigInt(64 - by))) & MASK;

/** The last 12 rounds of Keccak-f[1600] (FIPS 202; constants by their linear feedback register). */
function permuted(lanes: readonly bigint[]): bigint[] {
  let state = [...lanes];
  for (const constant of roundConstants.slice(12)) {
    const parity = [0, 1, 2, 3, 4].map((x) => [0, 1, 2, 3, 4].reduce((sum, y) => sum ^ (state[x + 5 * y] ?? 0n), 0n));
    state = state.map((lane, i) => lane ^ (parity[(i + 4) % 5] ?? 0n) ^ rotated(parity[((i % 5) + 1) % 5] ?? 0n, 1));
    const moved = [...state];
    let [x, y, lane] = [1, 0, state[1] ?? 0n];
    for (let t = 0; t < 24; t++) {
      [x, y] = [y, (2 * x + 3 * y) % 5];
      const next = state[x + 5 * y] ?? 0n;
      moved[x + 5 * y] = rotated(lane, (((t + 1) * (t + 2)) / 2) % 64);
      lane = next;
    }
    state = moved.map((own, i) => {
      const row = i - (i % 5);
      return own ^ (~(moved[row + ((i + 1) % 5)] ?? 0n) & MASK & (moved[row + ((i + 2) % 5)] ?? 0n));
    });
    state[0] = (state[0] ?? 0n) ^ constant;
  }
  return state;
}

const roundConstants = (() => {
  let register = 1;
  const nextBit = () => {
    const bit = register & 1;
    register = register & 0x80 ? (register << 1) ^ 0x171 : register << 1;
    return bit;
  };
  // The register gives its lowest bit first: x^8 + x^6 + x^5 + x^4 + 1.
  return Array.from({ length: 24 }, () => {
    let constant = 0n;
    for (let j = 0; j < 7; j++) if (nextBit() === 1) constant |= 1n << BigInt(2 ** j - 1);
    return constant;
  });
})();

/** The bytes of TurboSHAKE128(message, domain), a few at a time. */
export function turboShake128(message: Uint8Array, domain: number): (length: number) => Uint8Array {
  const padded = new Uint8Array(Math.ceil((message.length + 1) / RATE) * RATE);
  padded.set(message);
  padded[message.length] = domain;
  padded[padded.length - 1] = (padded[padded.length - 1] ?? 0) ^ 0x80;
  let state = Array.from({ length: 25 }, () => 0n);
  for (let start = 0; start < padded.length; start += RATE) {
    const view = new DataView(padded.buffer, start, RATE);
    state = permuted(state.map((lane, i) => (i < RATE / 8 ? lane ^ view.getBigUint64(i * 8, true) : lane)));
  }
  let [block, at] = [blockOf(state), 0];
  return (length) =>
    Uint8Array.from({ length }, () => {
      if (at === RATE) {
        state = permuted(state);
        [block, at] = [blockOf(state), 0];
      }
      return block[at++] ?? 0;
    });
}

function blockOf(state: readonly bigint[]): Uint8Array {
  const block = new Uint8Array(RATE);
  const view = new DataView(block.buffer);
  state.slice(0, RATE / 8).forEach((lane, i) => {
    view.setBigUint64(i * 8, lane, true);
  });
  return block;
}
