/** What was masked in secure sums over real records, embedded and server: kept before it leaves, never lost, and no answer where it cannot be read. */
import { contentHash, holdMasked, type MaskedSet } from '@revier/core';
import type { Records } from '@revier/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordsSums } from './adapters/records-sums.ts';
import { engines } from './testing/engines.case.ts';
import { nodeIn } from './testing/node-in.case.ts';
import { NOISE_KEY } from './testing/ruhr.case.ts';

/** Of a line in a stack: a number, too. */
const PLACE = /(\?vitest=\d+)?:\d+:\d+/g;
const dataset = 'urn:revier:dataset:clinic-1-rehab-episode-1';
const [women, men] = [contentHash('women'), contentHash('men')];
const rule = holdMasked({ minCellSize: 10, noiseKey: NOISE_KEY, figure: 'count persons rehab-episode/1' });
const setOf = (persons: number): MaskedSet => ({ units: persons, persons, key: 7 * persons, figures: [persons] });

describe.each(await engines())('over %s', (_, opened) => {
  let records: Records;
  beforeAll(async () => {
    records = await opened();
  });
  afterAll(() => records?.close());

  async function clinic() {
    const node = await nodeIn(records);
    const sums = recordsSums(node, Date.now);
    /** Persons that stand in what is masked of a cell that has so many. */
    async function masked(cell: typeof women, persons: number, of = dataset): Promise<number> {
      let said = 0;
      await sums.hold(of, async (before) => {
        const now = setOf(persons);
        const held = rule(now, (await before([women, men])).get(cell) ?? []);
        said = held.persons;
        return { fresh: new Map(held === now ? [[cell, now]] : []) };
      });
      return said;
    }
    return { node, sums, masked };
  }

  it('over imports a cell is masked as it was until many have joined, and then as it was then', async () => {
    const { masked } = await clinic();
    const said: number[] = [];
    for (const persons of [40, 41, 39, 0, 48, 70, 71, 40, 101]) said.push(await masked(women, persons));
    expect(said).toEqual([40, 40, 40, 0, 0, 70, 70, 70, 101]);
  });

  it('other cells and other datasets have their own past', async () => {
    const { masked } = await clinic();
    expect(await masked(women, 40)).toBe(40);
    expect(await masked(men, 41)).toBe(41);
    expect(await masked(women, 41, `${dataset}-2`)).toBe(41);
    expect(await masked(women, 41)).toBe(40);
  });

  it('of two at once the second knows what the first has masked', async () => {
    const { masked } = await clinic();
    const both = await Promise.all([masked(women, 40), masked(women, 41)]);
    expect(new Set(both).size).toBe(1);
  });

  it('nothing is kept of what was not made', async () => {
    const { sums, masked } = await clinic();
    await expect(sums.hold(dataset, () => Promise.reject(new Error('torn')))).rejects.toThrow('torn');
    expect(await masked(women, 41)).toBe(41);
  });

  it.each([
    '{"units":40',
    '{"units":40,"persons":40,"key":1,"figures":[]}',
    '{"units":-1,"persons":40,"key":1,"figures":[40]}',
  ])('nothing is masked where %s is kept, and the fault does not tell it', async (content) => {
    const { node, masked } = await clinic();
    await masked(women, 40);
    await node.db.updateTable('masked_set').set({ content }).execute();
    const fault: unknown = await masked(women, 41).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'INTERNAL' });
    const told = fault instanceof Error ? `${fault.stack}`.replaceAll(PLACE, '') : '40';
    expect(Object(fault).cause).toBeUndefined();
    expect(told).not.toContain('40');
    expect(await node.db.selectFrom('masked_set').selectAll().execute()).toHaveLength(1);
  });
});
