/** One holder for a data folder, whoever crashes, restarts or comes at the same time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from './folder-lock.ts';
import { processPlace, processStart } from './process-start.ts';

const IN_USE = { code: 'DATA_FOLDER_IN_USE' };
let folder: string;
let child: ChildProcess;
const lock = () => join(folder, 'revier.lock');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revier-lock-'));
  child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
});
afterEach(async () => {
  child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

async function heldBy(holder: { pid?: number; started?: string; place?: string }): Promise<void> {
  const pid = holder.pid ?? child.pid ?? 0;
  const started = holder.started ?? (await processStart(pid));
  const place = holder.place ?? (await processPlace());
  await writeFile(lock(), JSON.stringify({ pid, started, place, token: 'theirs' }));
}

const makeOld = async (file: string, ageMs: number): Promise<void> => {
  const then = new Date(Date.now() - ageMs);
  await utimes(file, then, then);
};

describe('a data folder', () => {
  it('belongs to one holder, until it is given back', async () => {
    const unlock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject(IN_USE);
    await unlock();
    await unlock();
    await (await lockFolder(folder))();
    expect(await readdir(folder)).toEqual([]);
  });

  it('belongs to one of many that come at the same time', async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('stays with a process that lives', async () => {
    await heldBy({});
    await makeOld(lock(), 3_600_000);
    await expect(lockFolder(folder)).rejects.toMatchObject(IN_USE);
  });

  it('is taken over from a process that died', async () => {
    await heldBy({});
    child.kill('SIGKILL');
    await once(child, 'exit');
    const unlock = await lockFolder(folder);
    expect(JSON.parse(await readFile(lock(), 'utf8')).pid).toBe(process.pid);
    await unlock();
  });

  it('is taken over when the pid now belongs to another process', async () => {
    await heldBy({ started: 'another start' });
    await (await lockFolder(folder))();
  });

  it('is taken over by one of many', async () => {
    await heldBy({ started: 'another start' });
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(lockFolder(folder)).rejects.toMatchObject(IN_USE);
  });

  it('stays with a holder in another container as long as that touches its file', async () => {
    await heldBy({ pid: 1, place: 'another host' });
    await expect(lockFolder(folder)).rejects.toMatchObject(IN_USE);
    await makeOld(lock(), 60_000);
    await (await lockFolder(folder))();
  });

  it('is not taken from somebody who is just writing the lock, but from a crash in the middle of it', async () => {
    await writeFile(lock(), '{"pid":');
    await expect(lockFolder(folder)).rejects.toMatchObject(IN_USE);
    await makeOld(lock(), 60_000);
    await (await lockFolder(folder))();
  });

  it('is not blocked for ever by a takeover that crashed', async () => {
    await heldBy({ started: 'another start' });
    await writeFile(`${lock()}.takeover`, '');
    await expect(lockFolder(folder)).rejects.toMatchObject(IN_USE);
    await makeOld(`${lock()}.takeover`, 60_000);
    await (await lockFolder(folder))();
  });

  it('is not given back by somebody who lost it', async () => {
    const unlock = await lockFolder(folder);
    await heldBy({});
    await unlock();
    expect(JSON.parse(await readFile(lock(), 'utf8')).token).toBe('theirs');
  });
});

describe('the start of a process', () => {
  it('is the same each time, differs between processes, and is empty for none', async () => {
    expect(await processStart(process.pid)).toBe(await processStart(process.pid));
    expect(await processStart(process.pid)).not.toBe(await processStart(child.pid ?? 0));
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await processStart(child.pid ?? 0)).toBe('');
  });
});
