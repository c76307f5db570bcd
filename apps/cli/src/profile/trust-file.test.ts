/** The memory beside the profile: it never goes back, and a broken one is not forgotten. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrustView } from '@revier/schema';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { changeInWords } from '../render/list-change.ts';
import { type SmallRealm, smallRealm } from '../testing/small-realm.case.ts';
import { fileTrustMemory } from './trust-file.ts';

let folder: string;
let realm: SmallRealm;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revier-trust-'));
  realm = await smallRealm();
});
afterEach(() => rm(folder, { recursive: true }));

const file = () => join(folder, 'trust.json');
const viewOf = (more: object): TrustView => {
  const payload = Buffer.from(JSON.stringify({ ...realm.trust.list, ...more })).toString('base64url');
  return { trustList: { ...realm.trustList, payload }, timestamp: null };
};

it('keeps the newest list, for its owner alone', async () => {
  const memory = fileTrustMemory(file());
  expect(await memory.load()).toBeUndefined();
  await memory.store(viewOf({ version: 2 }));
  await memory.store(viewOf({ version: 1 }));
  expect(await memory.load()).toEqual(viewOf({ version: 2 }));
  expect((await stat(file())).mode & 0o777).toBe(0o600);
});

it('refuses another list under the same version', async () => {
  const memory = fileTrustMemory(file());
  await memory.store(viewOf({ version: 2 }));
  await expect(memory.store(viewOf({ version: 2, threshold: 2 }))).rejects.toMatchObject({ code: 'REPLAYED' });
});

it('does not take a broken file for none', async () => {
  await writeFile(file(), '{');
  await expect(fileTrustMemory(file()).load()).rejects.toMatchObject({ code: 'PROFILE_UNFIT' });
});

it('tells a signer when the keys of a draft were swapped: the fingerprint is another one', () => {
  const { list } = realm.trust;
  const [first, second, ...others] = list.participants;
  const [key] = second?.keys ?? [];
  if (first === undefined || second === undefined || key === undefined) throw new Error('too few participants');
  const before = { ...list, participants: [first, ...others] };
  const [other] = others[0]?.keys ?? [];
  const words = [key, other ?? key].map((one) =>
    changeInWords(before, { ...list, participants: [first, { ...second, keys: [one] }, ...others] }).join('\n'),
  );
  expect(words[0]).toContain(`ENTERS  ${second.id}`);
  expect(words[0]).not.toBe(words[1]);
});
