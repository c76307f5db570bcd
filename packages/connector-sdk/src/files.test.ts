/** Files of a folder: whole, for their owner alone, and read where they are there. */
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isMissing, textOf, writeWhole } from './files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revier-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a file written whole', () => {
  it('takes the place of the old one, can be read by its owner alone, and leaves no draft', async () => {
    const file = join(folder, 'key.jwk');
    await writeFile(file, 'old');
    await chmod(file, 0o644);
    await writeWhole(file, 'new');
    expect(await textOf(file)).toBe('new');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['key.jwk']);
  });

  it('leaves no draft either where it cannot take its place', async () => {
    await mkdir(join(folder, 'taken', 'by-something'), { recursive: true });
    await expect(writeWhole(join(folder, 'taken'), 'text')).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['taken']);
  });
});

describe('a file that may be missing', () => {
  it('has no text where it is missing; another fault is none of that kind', async () => {
    expect(await textOf(join(folder, 'nothing'))).toBeUndefined();
    const fault: unknown = await textOf(folder).catch((error: unknown) => error);
    expect([fault instanceof Error, isMissing(fault)]).toEqual([true, false]);
  });
});
