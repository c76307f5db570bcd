/** The contract of kept patterns: decided once, all or none, and never beside what somebody else has decided meanwhile. */
import { contentHash } from '@revier/core';
import type { Table } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import type { KeptPattern } from '../linked-ports.ts';
import { openGranted } from '../rooms/guard.ts';
import type { OpenHouse } from './at-work.case.ts';
import { grantedIn, sealing } from './sealed.case.ts';

const epoch = { dataset: 'urn:revier:dataset:cases', epoch: '0123456789abcdef' };

function pattern(margins: boolean, shown: readonly number[], words = 'words'): KeptPattern {
  const measures: Table['measures'] = [{ kind: 'count', unit: 'cases', where: [] }];
  const by = [{ variable: 'sex', level: 'code' }];
  const table: Table = { model: 'cancer-case/1', by, margins, coverage: [], measures };
  const versions = contentHash({ of: words });
  return { table, hash: contentHash(table), versions, linkable: true, shown: Uint8Array.from(shown) };
}

const [plain, crossed] = [pattern(false, [1, 0]), pattern(true, [1, 1, 0])];
const nameOf = ({ hash, versions }: KeptPattern) => `${hash} ${versions}`;

export function describePatterns(open: OpenHouse): void {
  const opened = async () => (await open()).house.linked.patterns;

  it('what was kept is read again by table and versions, in its epoch and dataset alone', async () => {
    const patterns = await opened();
    const fresh = [plain, crossed, { ...pattern(false, [0, 0], 'other words'), linkable: false }];
    expect(await patterns.keep(epoch, await patterns.of(epoch), fresh)).toBe(true);
    const inOrder = fresh.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
    expect(await patterns.of(epoch)).toEqual({ patterns: inOrder, hasOthers: false });
    const nothing = { patterns: [], hasOthers: false };
    expect(await patterns.of({ ...epoch, epoch: 'fedcba9876543210' })).toEqual(nothing);
    expect(await patterns.of({ ...epoch, dataset: 'urn:revier:dataset:other' })).toEqual(nothing);
  });

  it('of two decided at once the second is not kept, whatever it is about', async () => {
    const patterns = await opened();
    const before = await patterns.of(epoch);
    const both = [plain, crossed].map((one) => patterns.keep(epoch, before, [one]));
    expect((await Promise.all(both)).toSorted()).toEqual([false, true]);
    expect((await patterns.of(epoch)).patterns).toHaveLength(1);
  });

  it('of two epochs neither is in the way of the other', async () => {
    const patterns = await opened();
    const epochs = [epoch, { ...epoch, epoch: 'fedcba9876543210' }];
    const before = await Promise.all(epochs.map((one) => patterns.of(one)));
    for (const [place, one] of epochs.entries())
      expect(await patterns.keep(one, before[place] ?? { patterns: [], hasOthers: true }, [plain])).toBe(true);
  });

  it('what was decided is not decided otherwise, and nothing is kept beside that', async () => {
    const patterns = await opened();
    await patterns.keep(epoch, await patterns.of(epoch), [plain]);
    const before = await patterns.of(epoch);
    await expect(patterns.keep(epoch, before, [crossed, pattern(false, [0, 1])])).rejects.toThrow();
    expect(await patterns.of(epoch)).toEqual({ patterns: [plain], hasOthers: false });
  });

  describe('an answer without a pattern', () => {
    async function answered() {
      const { small, house } = await open();
      const granted = await grantedIn(small, house);
      const make = await sealing(small, house, granted);
      const { key } = openGranted(granted);
      const answer = (versions = plain.versions) =>
        house.history.answer({ ...key, ...epoch, table: plain.hash, versions }, make);
      return { patterns: house.linked.patterns, answer };
    }

    it('is told, and is in the way of whoever has not seen it', async () => {
      const { patterns, answer } = await answered();
      const before = await patterns.of(epoch);
      await answer();
      expect(await patterns.of(epoch)).toEqual({ patterns: [], hasOthers: true });
      expect(await patterns.of({ ...epoch, epoch: 'fedcba9876543210' })).toEqual({ patterns: [], hasOthers: false });
      expect(await patterns.keep(epoch, before, [plain])).toBe(false);
      expect(await patterns.keep(epoch, await patterns.of(epoch), [crossed])).toBe(true);
    });

    it('is another one than that of the same table in other words', async () => {
      const { patterns, answer } = await answered();
      await patterns.keep(epoch, await patterns.of(epoch), [plain]);
      await answer();
      expect((await patterns.of(epoch)).hasOthers).toBe(false);
      await answer(contentHash({ of: 'other words' }));
      expect((await patterns.of(epoch)).hasOthers).toBe(true);
    });
  });
}
