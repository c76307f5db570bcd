/** What the guards would hide is all there, and none of it passes for a release. */
import { type DisclosureInput, directRate, discloseLocal, discloseOpen, type Release } from '@revier/core';
import { cellStatuses, eventClasses, ReleaseBody, type Table, TOTAL } from '@revier/schema';
import { describe, expect, test } from 'vitest';
import { discloseWithGuardsOff } from './guards-off.ts';

const table: Table = {
  model: 'cancer-case/1',
  by: [{ variable: 'area', level: 'district' }],
  margins: true,
  coverage: [],
  measures: [{ kind: 'count', unit: 'persons', where: [] }],
};
const counts: DisclosureInput = {
  table,
  tableHash: `sha256:${'c'.repeat(64)}`,
  domain: [[1, 4]],
  raw: {
    measures: [
      { kind: 'count', keys: [Uint32Array.of(4, TOTAL)], value: Float64Array.of(2, 2), persons: Float64Array.of(2, 2) },
    ],
    atoms: {
      keys: [Uint32Array.of(4)],
      signature: Uint32Array.of(1),
      records: Float64Array.of(2),
      persons: Float64Array.of(2),
    },
  },
  rates: new Map(),
};
const rates: DisclosureInput = {
  ...counts,
  table: {
    ...table,
    measures: [
      {
        kind: 'direct-rate',
        unit: 'persons',
        where: [],
        over: { variable: 'age', level: 'band14' },
        standard: 'Two',
        per: 1000,
        interval: 'fay-feuer',
        denominator: { model: 'population/1', sum: 'persons', where: [] },
      },
    ],
  },
  raw: {
    measures: [
      {
        kind: 'strata',
        keys: [Uint32Array.of(4, 4, TOTAL, TOTAL)],
        stratum: Uint32Array.of(0, 1, 0, 1),
        events: Float64Array.of(3, 12, 3, 12),
        persons: Float64Array.of(3, 12, 3, 12),
        cells: { keys: [Uint32Array.of(4, TOTAL)], persons: Float64Array.of(14, 14) },
        recordKeys: Uint32Array.of(1, 2, 1, 2),
      },
    ],
    atoms: null,
  },
  rates: new Map([
    [
      0,
      {
        population: {
          keys: [Uint32Array.of(1, 1, 4, 4, 9)],
          stratum: Uint32Array.of(0, 1, 0, 1, 0),
          persons: Float64Array.of(400, 300, 200, 100, 5000),
        },
        weights: [1, 3],
        strataMidAges: null,
      },
    ],
  ]),
};

describe('figures with the guards off', () => {
  test('are exact where a release withholds', () => {
    const [bare] = discloseWithGuardsOff(counts).measures;
    expect(bare).toEqual({ kind: 'count', status: Uint8Array.of(1, 0, 0), value: Float64Array.of(0, 2, 2) });
    const guarded = discloseLocal(counts, { minCellSize: 10 }, new Uint8Array(32)).body.measures[0];
    expect([...(guarded?.status ?? [])].map((status) => cellStatuses[status])).toEqual([
      'withheld',
      'withheld',
      'withheld',
    ]);
  });

  test('have the cells, the order and the counts of an open release', () => {
    expect(discloseWithGuardsOff(counts)).toEqual(discloseOpen(counts).body);
  });

  test('give rates as the statistics do, with their limits', () => {
    const body = ReleaseBody.parse(discloseWithGuardsOff(rates));
    const [columns] = body.measures;
    if (columns?.kind !== 'direct-rate') throw new Error('expected a rate');
    const exact = (populations: readonly [number, number]) =>
      directRate({
        strata: [
          { events: 3, population: populations[0], weight: 1 },
          { events: 12, population: populations[1], weight: 3 },
        ],
        per: 1000,
      });
    const [cell, total] = [exact([200, 100]), exact([600, 400])];
    expect([...columns.rate]).toEqual([0, cell.rate, total.rate]);
    expect([...columns.lower]).toEqual([0, cell.lower, total.lower]);
    expect([...columns.upper].slice(1)).toEqual([cell.upper, total.upper]);
    expect([...columns.events].map((place) => eventClasses[place])).toEqual([undefined, '10-19', '10-19']);
  });

  test('are no release: the wire takes only what disclosure control made', () => {
    const send = (release: Release) => release.body;
    const bare = { mode: 'L' as const, minCellSize: 10, body: discloseWithGuardsOff(counts) };
    // @ts-expect-error a release has a private field that no other object can have
    expect(() => send(bare)).not.toThrow();
  });
});
