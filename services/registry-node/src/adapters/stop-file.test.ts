/** The STOP file tells of others' wishes, never of one's own writing. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stopFileAt } from './stop-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revier-stop-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('is new when somebody else has put it there, once', async () => {
  const file = stopFileAt(join(folder, 'STOP'));
  expect(await file.isNew()).toBe(false);
  await writeFile(join(folder, 'STOP'), 'odd questions');
  expect(await file.isNew()).toBe(true);
  expect(await file.isNew()).toBe(false);
  expect(await file.note()).toEqual({ reason: 'odd questions' });
  await file.remove();
  await writeFile(join(folder, 'STOP'), 'again');
  expect(await file.isNew()).toBe(true);
});

it('is never new when it was written here, whenever somebody looks: a start must not find the stop that it ends', async () => {
  const file = stopFileAt(join(folder, 'STOP'));
  for (let round = 0; round < 200; round++) {
    const looks = [file.isNew(), file.write({ reason: '' }), file.isNew(), file.isNew(), file.remove(), file.isNew()];
    expect((await Promise.all(looks)).filter((found) => found === true)).toEqual([]);
  }
});
