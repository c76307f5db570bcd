/** Patterns over real records, embedded and server: kept once, all or none, and never beside what somebody else has decided meanwhile. */
import { contentHash } from '@revier/core';
import type { Table } from '@revier/schema';
import type { Records } from '@revier/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordsPatterns } from './adapters/records-patterns.ts';
import type { KeptPattern } from './linked-ports.ts';
import { engines } from './testing/engines.case.ts';
import { nodeIn } from './testing/node-in.case.ts';

const epoch = { dataset: 'urn:revier:dataset:cases', epoch: '0123456789abcdef' };
const pattern = (margins: boolean, shown: readonly number[]): KeptPattern => {
  const measures: Table['measures'] = [{ kind: 'count', unit: 'cases', where: [] }];
  const table: Table = {
    model: 'cancer-case/1',
    by: [{ variable: 'sex', level: 'code' }],
    margins,
    coverage: [],
    measures,
  };
  const versions = contentHash({ of: 'words' });
  return { table, hash: contentHash(table), versions, linkable: true, shown: Uint8Array.from(shown) };
};

describe.each(await engines())('over %s', (_, opened) => {
  let records: Records;
  beforeAll(async () => {
    records = await opened();
  });
  afterAll(() => records?.close());

  async function patterns() {
    const node = await nodeIn(records);
    return { node, patterns: recordsPatterns(node) };
  }

  it('what was kept is read again, in its epoch alone', async () => {
    const { patterns: kept } = await patterns();
    const fresh = [pattern(false, [1, 0]), pattern(true, [1, 1, 0])];
    expect(await kept.keep(epoch, await kept.of(epoch), fresh)).toBe(true);
    const { patterns: found, hasOthers } = await kept.of(epoch);
    expect(new Set(found)).toEqual(new Set(fresh));
    expect(hasOthers).toBe(false);
    expect(await kept.of({ ...epoch, epoch: 'fedcba9876543210' })).toEqual({ patterns: [], hasOthers: false });
  });

  it('of two decided at once the second is not kept, whatever it is about', async () => {
    const { patterns: kept } = await patterns();
    const before = await kept.of(epoch);
    const both = [pattern(false, [1, 0]), pattern(true, [1, 1, 0])].map((one) => kept.keep(epoch, before, [one]));
    expect((await Promise.all(both)).toSorted()).toEqual([false, true]);
    expect((await kept.of(epoch)).patterns).toHaveLength(1);
  });

  it('an answer without a pattern is told', async () => {
    const { node, patterns: kept } = await patterns();
    const before = await kept.of(epoch);
    const { hash, versions } = pattern(false, []);
    await node.db
      .insertInto('answer')
      .values({ ...epoch, table_hash: hash, min_cell_size: 5, versions, body_hash: hash, body: Buffer.of(1) })
      .execute();
    expect(await kept.of(epoch)).toEqual({ patterns: [], hasOthers: true });
    expect(await kept.keep(epoch, before, [pattern(false, [1, 0])])).toBe(false);
  });
});
