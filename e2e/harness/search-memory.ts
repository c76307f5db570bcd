/** Looks for rows of figures in everything that a process holds: its memory as the system shows it, its files, its log. */
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Wanted {
  readonly name: string;
  readonly figures: readonly number[];
  /** How far each may be off: a share of noise hides nobody. */
  readonly within: number;
}

const CHUNK = 1024 * 1024;
/** A row of figures may begin at the end of a chunk. */
const OVERLAP = 4096;
const NOTHING = Buffer.alloc(CHUNK + OVERLAP);

/** Names of what stands there, as 64-bit words, as floating numbers, or as text in decimal, one after the other. */
export function findIn(bytes: Buffer, wanted: readonly Wanted[]): string[] {
  const found = new Set(wanted.filter((one) => asText(bytes, one)));
  const { lows, tops } = firstLook(wanted);
  const word = (at: number): number => bytes.readUInt32LE(at) + (bytes.readUInt32LE(at + 4) === 0 ? 0 : 2 ** 40);
  const float = (at: number): number => bytes.readDoubleLE(at);
  for (let at = 0; at + 8 <= bytes.length; at++) {
    const isWord = lows[(bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0)] === 1 && bytes[at + 2] === 0;
    const isFloat = bytes[at + 7] === 0x40 && tops[bytes[at + 6] ?? 0] === 1;
    if (!isWord && !isFloat) continue;
    for (const one of wanted)
      if (at + 8 * one.figures.length <= bytes.length && (fits(isWord ? word : float, at, one) || fits(float, at, one)))
        found.add(one);
  }
  return [...found].map(({ name }) => name);
}

const fits = (read: (at: number) => number, at: number, { figures, within }: Wanted): boolean =>
  figures.every((figure, i) => Math.abs(read(at + 8 * i) - figure) <= within);

/** What the first figure can begin or end with, at any place: nearly every byte is passed over by one look. Figures are below 65,536. */
function firstLook(wanted: readonly Wanted[]) {
  const [lows, tops, view] = [new Uint8Array(65_536), new Uint8Array(256), Buffer.alloc(8)];
  for (const { figures, within } of wanted)
    for (let value = (figures[0] ?? 0) - within; value <= (figures[0] ?? 0) + within; value++) {
      view.writeDoubleLE(value);
      lows[value] = 1;
      tops[view[6] ?? 0] = 1;
    }
  return { lows, tops };
}

/** Exact figures as JSON or CSV write them. */
const asText = (bytes: Buffer, { figures }: Wanted): boolean =>
  [',', ' ', '\n', ';'].some((between) => bytes.includes(figures.join(between)));

/** The memory of a process of ours that can be written to, piece by piece (Linux, proc(5)). */
export async function findInMemory(pid: number, wanted: readonly Wanted[]): Promise<string[]> {
  const maps = (await readFile(`/proc/${pid}/maps`, 'utf8')).split('\n');
  const found = new Set<string>();
  const memory = await open(`/proc/${pid}/mem`, 'r');
  const piece = Buffer.alloc(CHUNK + OVERLAP);
  let read = 0;
  try {
    for (const line of maps) {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      if (from === undefined || to === undefined) continue;
      for (let at = BigInt(`0x${from}`); at < BigInt(`0x${to}`); at += BigInt(CHUNK)) {
        const left = BigInt(`0x${to}`) - at;
        const length = left < BigInt(CHUNK + OVERLAP) ? Number(left) : CHUNK + OVERLAP;
        const { bytesRead } = await memory.read(piece, 0, length, at).catch(() => ({ bytesRead: 0 }));
        read += bytesRead;
        const bytes = piece.subarray(0, bytesRead);
        // Most of what a process may write to it never has.
        if (bytes.equals(NOTHING.subarray(0, bytesRead))) continue;
        for (const name of findIn(bytes, wanted)) found.add(name);
      }
    }
  } finally {
    await memory.close();
  }
  if (read < CHUNK) throw new Error('The memory of the process could not be read: nothing was searched.');
  return [...found].sort();
}

export async function findInFiles(folder: string, wanted: readonly Wanted[]): Promise<string[]> {
  const found = new Set<string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      for (const name of findIn(await readFile(join(entry.parentPath, entry.name)), wanted)) found.add(name);
  return [...found].sort();
}
