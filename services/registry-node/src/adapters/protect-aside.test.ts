/** A decision about linked tables in a thread: the same one, and the node hears what comes meanwhile. */
import { setImmediate } from 'node:timers/promises';
import { protectSystem, type SystemCounts } from '@revier/core';
import { describe, expect, it } from 'vitest';
import { protectAside } from './protect-aside.ts';

/** A table of so many rows and columns with its totals; every seventh cell has two persons. */
function squareOf(side: number): SystemCounts {
  const [row, column] = [(atom: number) => Math.floor(atom / side), (atom: number) => atom % side];
  const atoms = side * side;
  const cells = atoms + 2 * side + 1;
  const places = Array.from({ length: atoms }, (_, atom) => atom);
  const sumsTo = (total: number, parts: readonly number[]) => ({ total, parts });
  const lines = Array.from({ length: side }, (_, line) => [
    sumsTo(
      atoms + line,
      places.filter((atom) => row(atom) === line),
    ),
    sumsTo(
      atoms + side + line,
      places.filter((atom) => column(atom) === line),
    ),
  ]).flat();
  const rows = Array.from({ length: side }, (_, line) => atoms + line);
  const columns = rows.map((cell) => cell + side);
  return {
    system: {
      ...{ cells, atoms },
      maps: [
        Int32Array.from(places),
        Int32Array.from(places, (atom) => atoms + row(atom)),
        Int32Array.from(places, (atom) => atoms + side + column(atom)),
        new Int32Array(atoms).fill(cells - 1),
      ],
      equations: [...lines, sumsTo(cells - 1, rows), sumsTo(cells - 1, columns)],
      asked: Array.from({ length: cells }, (_, cell) => cell),
    },
    scales: [Float64Array.from(places, (atom) => (atom % 7 === 0 ? 2 : 20 + atom))],
    isKnownAtom: new Uint8Array(atoms),
    minCellSize: 5,
  };
}

const never = new AbortController().signal;

describe('a decision aside', () => {
  it.each([3, 12])('is the one that would be taken on the spot: %i rows and columns', async (side) => {
    const counts = squareOf(side);
    const release = await protectAside(counts, never);
    expect(release).toEqual(protectSystem(counts));
    expect(new Set(release.shown)).toEqual(new Set([0, 1]));
  });

  it('leaves the node to others meanwhile', async () => {
    let [isDecided, turns] = [false, 0];
    const decided = protectAside(squareOf(12), never).then(() => {
      isDecided = true;
    });
    for (; !isDecided; turns++) await setImmediate();
    await decided;
    expect(turns).toBeGreaterThan(10);
  });

  it('ends when it is not wanted any more, and does not begin where it never was', async () => {
    const revoked = new Error('revoked');
    const stop = new AbortController();
    const ended = protectAside(squareOf(12), stop.signal);
    stop.abort(revoked);
    await expect(ended).rejects.toMatchObject({ name: 'AbortError', cause: revoked });
    await expect(protectAside(squareOf(3), AbortSignal.abort(revoked))).rejects.toBe(revoked);
  });

  it('shows nothing where no thread can take it', async () => {
    const counts = Object.assign(squareOf(12), { uncopied: () => 0 });
    await expect(protectAside(counts, never)).rejects.toThrow('could not be cloned');
  });
});
