/** Cells of secure sums over data epochs: who joins, objects, or comes and goes is masked as if nothing had been, unless they are many. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdMasked, type MaskedSet } from './hold-masked.ts';

const K = 5;
const hold = holdMasked({ minCellSize: K, noiseKey: new Uint8Array(32).fill(3), figure: 'count persons stay/1' });
const setOf = (persons: number, key = persons * 1000): MaskedSet => ({
  ...{ units: persons, persons, key, figures: [persons] },
});

/** What is masked in each epoch, with everything kept as a node keeps it. */
function masked(sets: readonly MaskedSet[], by = hold): MaskedSet[] {
  const past: MaskedSet[] = [];
  return sets.map((now) => {
    const held = by(now, past);
    if (held === now) past.push(now);
    return held;
  });
}

describe('a cell of a secure sum in a later data epoch', () => {
  const before = setOf(40);

  it('is masked as it was, count and key, while one has joined, objected, or nobody has', () => {
    expect(masked([before, setOf(41), setOf(39), setOf(40)])).toEqual([before, before, before, before]);
  });

  it('is masked anew where three times as many as the threshold have joined or left', () => {
    expect(masked([before, setOf(55)])).toEqual([before, setOf(55)]);
    expect(masked([before, setOf(25)])).toEqual([before, setOf(25)]);
  });

  it('moves by a keyed limit in between, the same at every repetition', () => {
    const moves = (key: number) => {
      const now = setOf(40 + 2 * K, key);
      return hold(now, [before]) === now;
    };
    const decided = () => Array.from({ length: 400 }, (_, key) => moves(key));
    expect(decided()).toEqual(decided());
    const moved = decided().filter(Boolean).length;
    expect(moved).toBeGreaterThan(120);
    expect(moved).toBeLessThan(280);
  });

  it('without records is a set too: the first few of it are not seen', () => {
    const empty: MaskedSet = { units: 0, persons: 0, key: 0, figures: [0] };
    expect(masked([empty, setOf(1), setOf(K - 1), setOf(3 * K)])).toEqual([empty, empty, empty, setOf(3 * K)]);
    expect(masked([setOf(K - 1), empty])).toEqual([setOf(K - 1), setOf(K - 1)]);
  });

  it('that comes back near any set that was ever masked stays at the last: coming and going draws nothing anew', () => {
    const more = setOf(80);
    expect(masked([before, more, setOf(41), before, setOf(81)])).toEqual([before, more, more, more, more]);
  });

  it('moves with all of its words or with none', () => {
    const sum = (persons: number, figure: number): MaskedSet => ({
      ...setOf(persons),
      figures: [figure, persons - 1, 1],
    });
    expect(masked([sum(40, 900), sum(41, 5000)])).toEqual([sum(40, 900), sum(40, 900)]);
    expect(masked([sum(40, 900), sum(60, 5000)])).toEqual([sum(40, 900), sum(60, 5000)]);
  });

  it('needs as many persons as records', () => {
    const records = { ...setOf(41), units: 40 + 3 * K };
    expect(masked([before, records])).toEqual([before, before]);
  });

  it('whose words are others than those that were masked is not answered', () => {
    expect(() => hold(setOf(41), [{ ...before, figures: [1, 2, 3] }])).toThrow(/other words/);
  });
});

it('no two sets that are masked ever differ by fewer than the threshold', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60), { maxLength: 30 }), (sizes) => {
      const told = [...new Set(masked(sizes.map((size, at) => setOf(size, at))))];
      told.forEach((one, at) => {
        for (const other of told.slice(at + 1)) expect(Math.abs(one.persons - other.persons)).toBeGreaterThanOrEqual(K);
      });
    }),
  );
});
