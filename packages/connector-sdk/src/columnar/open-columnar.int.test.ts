/** The life of an open store: sharing, swapping, stopping, and what is said when there is nothing to open. */
import { readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceTable } from '@revier/core';
import { AppError } from '@revier/schema';
import { describe, expect, it } from 'vitest';
import type { DataSource } from '../data-source.ts';
import { importColumns } from './import-columns.ts';
import { openColumnar } from './open-columnar.ts';
import { openFile } from './open-files.ts';
import { countAll, importRequest, inFolder, limits, place, sampleBatch } from './sample.case.ts';

const open = (folder: string) => openColumnar({ ...place(folder), ...limits });

async function countOf(source: DataSource): Promise<number | undefined> {
  const [count] = (await source.aggregate(countAll, { timeoutMs: 10_000 })).measures;
  return count?.kind === 'count' ? count.value[0] : undefined;
}

/** Counts distinct stays under every combination of numbers: slow enough to be stopped. */
const slow: SourceTable = {
  ...countAll,
  margins: true,
  dimensions: ['area', 'sex', 'area', 'sex', 'area', 'sex'].map((variable) => ({
    variable,
    pairs: ['05911', '05913', 'M', 'W'].map((code, number) => [code, number] as const),
  })),
  measures: Array.from({ length: 8 }, () => ({ kind: 'count', identifier: 'stayId', where: [] }) as const),
};

describe('an open store', () => {
  it('tells rows and epoch of the import', () =>
    inFolder(async (folder) => {
      const { epoch } = await importColumns(importRequest(folder, sampleBatch(7)));
      const source = await open(folder);
      expect([source.rows, source.epoch]).toEqual([7, epoch]);
      await source.close();
    }));

  it('shares one instance with whoever opens the same file, until the last has closed', () =>
    inFolder(async (folder) => {
      await importColumns(importRequest(folder, sampleBatch(7)));
      const [one, other] = await Promise.all([openFile(place(folder), limits), openFile(place(folder), limits)]);
      expect(one.instance).toBe(other.instance);
      const source = await open(folder);
      await one.release();
      await other.release();
      expect(await countOf(source)).toBe(7);
      await source.close();
      const again = await openFile(place(folder), limits);
      expect(again.instance).not.toBe(one.instance);
      await again.release();
    }));

  it('stays on its epoch when new data are swapped in; opening again reads the new', () =>
    inFolder(async (folder) => {
      await importColumns(importRequest(folder, sampleBatch(7)));
      const old = await open(folder);
      expect(await old.isCurrent()).toBe(true);
      const { epoch } = await importColumns(importRequest(folder, sampleBatch(9)));
      expect(await old.isCurrent()).toBe(false);
      const fresh = await open(folder);
      expect([fresh.epoch, await countOf(fresh)]).toEqual([epoch, 9]);
      expect([old.epoch === epoch, await countOf(old)]).toEqual([false, 7]);
      await old.close();
      expect(await countOf(fresh)).toBe(9);
      await fresh.close();
    }));

  it('answers several tables at a time', () =>
    inFolder(async (folder) => {
      await importColumns(importRequest(folder, sampleBatch(500)));
      const source = await open(folder);
      const counts = await Promise.all(Array.from({ length: 6 }, () => countOf(source)));
      expect(counts).toEqual(counts.map(() => 500));
      await source.close();
    }));

  it('stops a running statement when its time is over or when it is aborted, and answers the next', () =>
    inFolder(async (folder) => {
      await importColumns(importRequest(folder, sampleBatch(40_000)));
      const source = await open(folder);
      await expect(source.aggregate(slow, { timeoutMs: 30 })).rejects.toMatchObject({ name: 'AbortError' });
      const signal = AbortSignal.timeout(30);
      await expect(source.aggregate(slow, { timeoutMs: 60_000, signal })).rejects.toMatchObject({ name: 'AbortError' });
      expect(await countOf(source)).toBe(40_000);
      await source.close();
    }));

  it('waits for its running tables when closed, and takes no more', () =>
    inFolder(async (folder) => {
      await importColumns(importRequest(folder, sampleBatch(500)));
      const source = await open(folder);
      const running = countOf(source);
      await Promise.all([source.close(), source.close()]);
      expect(await running).toBe(500);
      await expect(countOf(source)).rejects.toMatchObject({ code: 'INTERNAL' });
      expect(await readdir(folder)).toEqual(['stays.duckdb']);
    }));

  it('never says in an error what the engine said', () =>
    inFolder(async (folder) => {
      await importColumns(importRequest(folder, sampleBatch(1)));
      const source = await open(folder);
      const failed = await source
        .aggregate({ ...countAll, person: 'nobody' }, { timeoutMs: 10_000 })
        .catch((error) => error);
      expect(failed).toBeInstanceOf(AppError);
      expect(failed).toMatchObject({ code: 'INTERNAL', message: 'The data could not be read (Binder Error).' });
      expect(failed.cause).toBeUndefined();
      await source.close();
    }));

  it.each([
    ['missing', async () => undefined],
    ['no database', (path: string) => writeFile(path, 'garbage '.repeat(1000))],
    ['empty', (path: string) => writeFile(path, '')],
    [
      'cut off',
      async (path: string, folder: string) => {
        await importColumns(importRequest(folder, sampleBatch(20_000)));
        await truncate(path, 20_000);
      },
    ],
  ])('is refused with a hint and without its path when the file is %s', (_, spoil) =>
    inFolder(async (folder) => {
      await spoil(join(folder, 'stays.duckdb'), folder);
      const failed = await open(folder).catch((error) => error);
      expect(failed).toMatchObject({ name: 'AppError', code: 'DATA_UNREADABLE' });
      expect(JSON.stringify([failed.message, failed.options, String(failed.cause)])).not.toContain(folder);
      await importColumns(importRequest(folder, sampleBatch(3)));
      const source = await open(folder);
      expect(await countOf(source)).toBe(3);
      await source.close();
    }),
  );
});
