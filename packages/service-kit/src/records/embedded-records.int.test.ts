/** Embedded records: the contract, and a folder that outlives crashes, kills and older programs. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRecords } from './open-records.ts';
import { describeRecords } from './records.case.ts';

describe('records in memory', () => {
  describeRecords(() => openRecords({ memory: true }));
});

describe('records in a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'revier-records-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are there again after closing, and the folder belongs to one process', { timeout: 30_000 }, async () => {
    const first = await openRecords({ folder });
    await first.pool.query('create table public.kept (n int); insert into public.kept values (7)');
    await expect(openRecords({ folder })).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE' });
    await expect(openInOtherProcess(folder)).rejects.toMatchObject({
      stderr: expect.stringContaining('DATA_FOLDER_IN_USE'),
    });
    await first.close();
    await first.close();
    const second = await openRecords({ folder });
    expect((await second.pool.query('select n from public.kept')).rows).toEqual([{ n: 7 }]);
    await second.close();
  });

  it('survive a process that was killed in the middle', { timeout: 30_000 }, async () => {
    const script = `${opening(folder)}
      await records.pool.query('create table public.kept (n int); insert into public.kept values (1)');
      const client = await records.pool.connect();
      await client.query('begin');
      await client.query('insert into public.kept values (2)');
      process.kill(process.pid, 'SIGKILL');`;
    await expect(runScript(script)).rejects.toMatchObject({ signal: 'SIGKILL' });
    const records = await openRecords({ folder });
    expect((await records.pool.query('select n from public.kept')).rows).toEqual([{ n: 1 }]);
    await records.close();
  });

  it('start anew when the very first start was interrupted', { timeout: 30_000 }, async () => {
    await mkdir(join(folder, 'records'));
    await writeFile(join(folder, 'records', 'PG_VERSION'), 'half');
    await writeFile(join(folder, 'records.incomplete'), '');
    const records = await openRecords({ folder });
    expect((await records.pool.query('select 1 as fine')).rows).toEqual([{ fine: 1 }]);
    await records.close();
    expect((await readdir(folder)).sort()).toEqual(['format.json', 'records']);
  });

  it('are refused when a newer program wrote them, and the lock is given back', async () => {
    await writeFile(join(folder, 'format.json'), '{"format":99}');
    const refusal = { code: 'DATA_FOLDER_NEWER', message: 'The folder has format 99, this program reads up to 1.' };
    await expect(openRecords({ folder })).rejects.toMatchObject(refusal);
    await expect(openRecords({ folder })).rejects.toMatchObject(refusal);
    await expect(readFile(join(folder, 'revier.lock'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('need an address or a folder: nothing is kept in memory by accident', async () => {
    await expect(openRecords({})).rejects.toThrow('needs a database address or a folder');
  });
});

const opening = (folder: string): string => `
  import { openRecords } from ${JSON.stringify(new URL('./open-records.ts', import.meta.url).href)};
  const records = await openRecords({ folder: ${JSON.stringify(folder)} });`;

const runScript = (script: string) =>
  promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { timeout: 20_000 });

const openInOtherProcess = (folder: string) => runScript(`${opening(folder)} await records.close();`);
