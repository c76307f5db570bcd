/** Profiles: found where one expects them, refused where they are unfit, and never with a key that others can read. */
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair, type KeyPair } from '@revier/connector-sdk';
import { AppError } from '@revier/schema';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProfile } from './find-profile.ts';
import { loadProfile } from './profile.ts';
import { writeProfile } from './write-profile.ts';

const credential = 'eyJh.eyJi.c2ln';
let folder: string;
let keys: KeyPair;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revier-profile-'));
  keys = await generateKeyPair();
});
afterEach(() => rm(folder, { recursive: true }));

const written = (more: { broker?: string; realm?: 'test' | 'production' } = {}) =>
  writeProfile(join(folder, '.revier'), {
    broker: 'http://127.0.0.1:8080',
    brokerId: 'did:web:broker.example',
    realm: 'test',
    pinnedSigners: [keys.kid],
    credential,
    privateKey: keys.privateKey,
    ...more,
  });
const load = (file: string) => loadProfile({ file, cwd: folder, home: folder });
const edited = async (file: string, change: object) =>
  writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...change }));

async function fault(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error('Expected a fault.', { cause: error });
}

describe('a written profile', () => {
  it('is read back, ready to sign with its key', async () => {
    const profile = await load(await written());
    expect(profile.signer.kid).toBe(keys.kid);
    expect(profile).toMatchObject({ brokerId: 'did:web:broker.example', credential, realm: 'test' });
  });

  it('is for its owner alone, key and all', async () => {
    await written();
    for (const name of ['key.jwk', 'profile.json', 'credential.jws'])
      expect((await stat(join(folder, '.revier', name))).mode & 0o777).toBe(0o600);
  });

  it('takes the place of an earlier one', async () => {
    await written();
    keys = await generateKeyPair();
    expect((await load(await written())).signer.kid).toBe(keys.kid);
  });
});

describe('the place of the profile', () => {
  it('is the nearest .revier upwards from the working directory', async () => {
    const file = await written();
    const below = join(folder, 'a', 'b');
    await mkdir(below, { recursive: true });
    expect(await findProfile({ cwd: below, home: '/nowhere' })).toBe(file);
  });

  it('is home when nothing stands above', async () => {
    const file = await written();
    expect(await findProfile({ cwd: join(folder, '..'), home: folder })).toBe(file);
  });

  it('is only the one that is named, when one is named', async () => {
    await written();
    const error = await fault(findProfile({ file: 'other.json', cwd: folder, home: folder }));
    expect(error.code).toBe('PROFILE_MISSING');
    expect(error.message).toContain(join(folder, 'other.json'));
  });
});

describe('the key', () => {
  it.each([0o640, 0o604, 0o660, 0o644, 0o610])('is refused with mode %o, with the command that helps', async (mode) => {
    const file = await written();
    const key = join(folder, '.revier', 'key.jwk');
    await chmod(key, mode);
    const error = await fault(load(file));
    expect(error.code).toBe('KEY_EXPOSED');
    expect(error.message).toContain(`chmod 600 ${key}`);
  });

  it('is never quoted in a fault', async () => {
    const file = await written();
    await writeFile(join(folder, '.revier', 'key.jwk'), `${keys.privateKey.d} is no JSON`);
    const error = await fault(load(file));
    expect(error.code).toBe('PROFILE_UNFIT');
    expect(JSON.stringify([error.message, error.options])).not.toContain(keys.privateKey.d);
    expect(error.cause).toBeUndefined();
  });

  it('has to be a private one', async () => {
    const file = await written();
    await writeFile(join(folder, '.revier', 'key.jwk'), JSON.stringify(keys.publicKey));
    expect((await fault(load(file))).message).toContain('no Ed25519 private key');
  });

  it('has to be there', async () => {
    const file = await written();
    await edited(file, { key: 'lost.jwk' });
    expect((await fault(load(file))).options.errors?.[0]?.pointer).toBe('/key');
  });
});

describe('an unfit profile', () => {
  it.each([
    ['/broker', { broker: 'ftp://broker.example' }],
    ['/brokerId', { brokerId: 'broker' }],
    ['/pinnedSigners', { pinnedSigners: [] }],
    ['/realm', { realm: 'staging' }],
    ['/', { password: 'x' }],
    ['/credential', { credential: 'lost.jws' }],
  ])('is told by its pointer %s', async (pointer, change) => {
    const file = await written();
    await edited(file, change);
    const error = await fault(load(file));
    expect(error.code).toBe('PROFILE_UNFIT');
    expect(error.options.errors?.map((issue) => issue.pointer)).toContain(pointer);
  });

  it('sends no token of production over plain HTTP, but to this machine', async () => {
    await expect(written({ realm: 'production', broker: 'http://broker.example' })).rejects.toThrow(/https/);
    await expect(written({ realm: 'production', broker: 'https://broker.example' })).resolves.toBeTypeOf('string');
    await expect(written({ realm: 'production', broker: 'http://[::1]:8080' })).resolves.toBeTypeOf('string');
    await expect(written({ realm: 'production', broker: 'http://localhost.evil.example' })).rejects.toThrow(/https/);
  });

  it('may carry the credential itself', async () => {
    const file = await written();
    await edited(file, { credential: 'eyJx.eyJy.eg' });
    expect((await load(file)).credential).toBe('eyJx.eyJy.eg');
  });
});
