/** Imports: what comes in, what stays out, and that nothing half-done is ever in use. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Columns, Value } from './columns.ts';
import { importColumns } from './import-columns.ts';
import { openColumnar } from './open-columnar.ts';
import { countAll, importRequest, inFolder, limits, place, sampleBatch } from './sample.case.ts';

type Spoiling = readonly [variable: string, value: Value, reason?: string];

/** Good records, each with one value replaced. */
const spoilt = (...spoilings: readonly Spoiling[]): Columns => {
  const good = Object.entries(sampleBatch(spoilings.length));
  const replaced = good.map(([name, values]) => [
    name,
    values.map((value, index) => (spoilings[index]?.[0] === name ? (spoilings[index]?.[1] ?? null) : value)),
  ]);
  return Object.fromEntries(replaced);
};

const without = (batch: Columns, variable: string): Columns =>
  Object.fromEntries(Object.entries(batch).filter(([name]) => name !== variable));

async function countIn(folder: string): Promise<number | undefined> {
  const source = await openColumnar({ ...place(folder), ...limits });
  try {
    const [count] = (await source.aggregate(countAll, { timeoutMs: 10_000 })).measures;
    return count?.kind === 'count' ? (count.value[0] ?? 0) : undefined;
  } finally {
    await source.close();
  }
}

describe('an import', () => {
  it('leaves out each record with a value that does not fit, and says why', () =>
    inFolder(async (folder) => {
      const faults: Spoiling[] = [
        ['stayId', null, 'missing'],
        ['personId', '', 'missing'],
        ['personId', 'a\0b', 'malformed'],
        ['personId', '\ud800', 'malformed'],
        ['personId', 'x'.repeat(201), 'malformed'],
        ['personId', 1.5, 'malformed'],
        ['area', null, 'missing'],
        ['area', '', 'missing'],
        ['area', '5911', 'unknown-code'],
        ['area', 5911, 'unknown-code'],
        ['sex', 'm', 'unknown-code'],
        ['sex', 'M ', 'unknown-code'],
        ['beds', null, 'missing'],
        ['beds', 11, 'out-of-range'],
        ['beds', -1, 'out-of-range'],
        ['beds', 1.5, 'not-a-whole-number'],
        ['beds', '1,5', 'not-a-whole-number'],
        ['beds', '1e1', 'not-a-whole-number'],
        ['beds', Number.NaN, 'not-a-whole-number'],
        ['beds', Number.POSITIVE_INFINITY, 'not-a-whole-number'],
        ['beds', 2 ** 53, 'not-a-whole-number'],
        ['score', 'n/a', 'not-a-whole-number'],
        ['score', 101, 'out-of-range'],
      ];
      const outcome = await importColumns(importRequest(folder, spoilt(...faults), sampleBatch(2, 101)));
      expect(outcome.rejected).toEqual(
        faults.map(([variable, , reason], index) => ({ row: index + 1, variable, reason })),
      );
      expect(outcome).toMatchObject({ rows: 2, rejectedTotal: faults.length });
    }));

  it('takes figures that were not collected, and numbers as text and the other way round', () =>
    inFolder(async (folder) => {
      const fine = spoilt(['score', null], ['score', ''], ['score', '-100'], ['beds', '007'], ['personId', 4711]);
      expect(await importColumns(importRequest(folder, fine))).toMatchObject({ rows: 5, rejected: [] });
    }));

  it('keeps records under an objection out of every aggregate, and refuses what is neither yes nor no', () =>
    inFolder(async (folder) => {
      const batch = { ...sampleBatch(4), usable: ['yes', 'no', 'yes', 'true'] };
      const outcome = await importColumns(importRequest(folder, batch));
      expect(outcome).toMatchObject({ rows: 3, rejected: [{ row: 4, variable: 'usable', reason: 'unknown-code' }] });
      expect(await countIn(folder)).toBe(2);
    }));

  it('takes none of the records that share an identifier, also across batches', () =>
    inFolder(async (folder) => {
      const outcome = await importColumns(importRequest(folder, sampleBatch(3), sampleBatch(2, 3)));
      expect(outcome).toMatchObject({ rows: 3, rejectedTotal: 2 });
      expect(outcome.rejected.map(({ row, reason }) => [row, reason])).toEqual([
        [3, 'repeated'],
        [4, 'repeated'],
      ]);
    }));

  it('takes none of the records in a combination that nobody can have', () =>
    inFolder(async (folder) => {
      const batch = { ...sampleBatch(4), sex: ['M', 'W', 'M', 'W'] };
      const areas = [...new Set(sampleBatch(4).area)].map(String);
      const request = { ...importRequest(folder, batch), impossible: [{ area: areas, sex: ['W'] }] };
      expect(await importColumns(request)).toMatchObject({
        rows: 2,
        rejected: [
          { row: 2, variable: 'area', reason: 'impossible' },
          { row: 4, variable: 'area', reason: 'impossible' },
        ],
      });
      const odd = { ...request, impossible: [{ score: ['1'], sex: ['W'] }] };
      await expect(importColumns(odd)).rejects.toMatchObject({ code: 'IMPORT_UNFIT' });
      expect(await countIn(folder)).toBe(2);
    }));

  it('lists the first thousand faults and counts all of them', () =>
    inFolder(async (folder) => {
      const bad = { ...sampleBatch(3000, 2), sex: Array.from({ length: 3000 }, () => '?') };
      const outcome = await importColumns(importRequest(folder, sampleBatch(1), bad));
      expect(outcome).toMatchObject({ rows: 1, rejectedTotal: 3000 });
      expect(outcome.rejected).toHaveLength(1000);
    }));

  it.each([
    ['a foreign column', { ...sampleBatch(1), name: ['Muster'] }],
    ['a column named like a property of every object', { ...sampleBatch(1), toString: ['x'] }],
    ['a missing column', without(sampleBatch(1), 'score')],
    ['columns of unequal length', { ...sampleBatch(2), sex: ['M'] }],
    ['a flag column of unequal length', { ...sampleBatch(2), usable: ['yes'] }],
  ])('with %s fails as a whole and leaves the old data in use', (_, batch) =>
    inFolder(async (folder) => {
      await importColumns(importRequest(folder, sampleBatch(7)));
      const failing = importColumns(importRequest(folder, sampleBatch(3), batch));
      await expect(failing).rejects.toMatchObject({ code: 'IMPORT_UNFIT' });
      expect(await countIn(folder)).toBe(7);
      expect(await readdir(folder)).toEqual(['stays.duckdb']);
    }),
  );

  it('of which no record fits leaves the old data in use; an empty one empties them', () =>
    inFolder(async (folder) => {
      await importColumns(importRequest(folder, sampleBatch(7)));
      const unfit = importColumns(importRequest(folder, spoilt(['sex', '?'], ['area', '?'])));
      await expect(unfit).rejects.toMatchObject({
        code: 'IMPORT_UNFIT',
        options: { errors: [{ pointer: '/1/sex', detail: 'unknown-code' }, { pointer: '/2/area' }] },
      });
      expect(await countIn(folder)).toBe(7);
      expect(await importColumns(importRequest(folder))).toMatchObject({ rows: 0, rejectedTotal: 0 });
    }));

  it('refuses a model with a reserved or twofold column name, and a dimension without grain', () =>
    inFolder(async (folder) => {
      const request = importRequest(folder, sampleBatch(1));
      const variable = { role: 'identifier', title: { de: 'x', en: 'x' } } as const;
      for (const name of ['usable', 'Usable', 'SEX', 'a b', 'a"b', 'record_key']) {
        const model = { ...request.model, variables: [...request.model.variables, { ...variable, name }] };
        await expect(importColumns({ ...request, model })).rejects.toMatchObject({ code: 'IMPORT_UNFIT' });
      }
      await expect(importColumns({ ...request, grain: {} })).rejects.toMatchObject({ code: 'IMPORT_UNFIT' });
      expect(await readdir(folder)).toEqual([]);
    }));

  it('that is aborted or whose source breaks leaves the old data in use and no trace', () =>
    inFolder(async (folder) => {
      await importColumns(importRequest(folder, sampleBatch(7)));
      const stop = new AbortController();
      async function* broken(then: () => void) {
        yield sampleBatch(5000);
        then();
        yield sampleBatch(5000, 5001);
      }
      const aborting = { ...importRequest(folder), batches: broken(() => stop.abort()), signal: stop.signal };
      await expect(importColumns(aborting)).rejects.toMatchObject({ name: 'AbortError' });
      const torn = broken(() => {
        throw new Error('line lost');
      });
      await expect(importColumns({ ...importRequest(folder), batches: torn })).rejects.toThrow('line lost');
      expect(await countIn(folder)).toBe(7);
      expect(await readdir(folder)).toEqual(['stays.duckdb']);
    }));

  it('has the same epoch again, in any order and batching, and another when one value differs', () =>
    inFolder(async (folder) => {
      const epochOf = async (...batches: Columns[]) => (await importColumns(importRequest(folder, ...batches))).epoch;
      const batch = sampleBatch(10);
      const epoch = await epochOf(batch);
      expect(epoch).toMatch(/^[0-9a-f]{16}$/);
      const reversed = Object.fromEntries(Object.entries(batch).map(([name, values]) => [name, values.toReversed()]));
      expect(await epochOf(reversed)).toBe(epoch);
      expect(await epochOf(sampleBatch(4), sampleBatch(6, 5))).toBe(epoch);
      const others = [
        await epochOf(sampleBatch(9)),
        await epochOf({ ...batch, score: [...(batch.score ?? []).slice(0, 9), 0] }),
        await epochOf({ ...batch, usable: Array.from({ length: 10 }, (_, index) => (index === 0 ? 'no' : 'yes')) }),
      ];
      expect(new Set([epoch, ...others]).size).toBe(4);
    }));

  it('stores no identifier', () =>
    inFolder(async (folder) => {
      const names = Array.from({ length: 50 }, (_, index) => `Erika Mustermann ${index}`);
      await importColumns(importRequest(folder, { ...sampleBatch(50), personId: names }));
      const bytes = await readFile(join(folder, 'stays.duckdb'), 'latin1');
      expect(bytes).not.toContain('Mustermann');
    }));

  it('tells its progress', () =>
    inFolder(async (folder) => {
      const seen: unknown[] = [];
      const request = importRequest(folder, sampleBatch(3), spoilt(['sex', '?'], ['sex', 'M'], ['sex', 'W']));
      await importColumns({ ...request, onProgress: (progress) => seen.push(progress) });
      expect(seen).toEqual([
        { read: 3, rejected: 0 },
        { read: 6, rejected: 1 },
      ]);
    }));

  it('clears away what a crash left behind, of its own dataset only', () =>
    inFolder(async (folder) => {
      const stamp = '00000000-0000-4000-8000-000000000000';
      const kept = ['other.duckdb', `stays.old.${stamp}.draft`, 'stays.txt'];
      for (const name of [`stays.${stamp}.draft`, `stays.${stamp}.draft.wal`, `stays.${stamp}.spill`, ...kept])
        await writeFile(join(folder, name), 'x');
      await importColumns(importRequest(folder, sampleBatch(1)));
      expect((await readdir(folder)).sort()).toEqual([...kept, 'stays.duckdb'].sort());
    }));

  it('can run beside another of the same dataset: one of them stays', () =>
    inFolder(async (folder) => {
      const both = [
        importColumns(importRequest(folder, sampleBatch(5))),
        importColumns(importRequest(folder, sampleBatch(8))),
      ];
      await Promise.all(both);
      expect([5, 8]).toContain(await countIn(folder));
    }));

  it.each(['', '../stays', 'a/b', '.hidden', 'A'])('refuses %j as the name of a dataset', (name) =>
    inFolder(async (folder) => {
      const request = { ...importRequest(folder, sampleBatch(1)), name };
      await expect(importColumns(request)).rejects.toMatchObject({ code: 'INTERNAL' });
    }),
  );
});
