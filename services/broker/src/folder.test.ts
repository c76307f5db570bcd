/** The folder and the environment of a broker process, as its operator meets them. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair, signGeneral } from '@revier/connector-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { type BrokerFolder, readBrokerFolder, writeBrokerFolder } from './folder.ts';

let folder: string;
let parts: BrokerFolder;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'revier-broker-')), 'broker');
  const { privateKey, kid } = await generateKeyPair();
  parts = {
    settings: {
      participant: 'did:web:broker.example',
      realm: 'test',
      listen: { host: '127.0.0.1', port: 0 },
      pinnedSigners: [kid],
    },
    trustList: await signGeneral('revier-trust-list+jws', { any: 'list' }, [privateKey]),
    privateKey,
  };
});

afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

describe('the folder of a broker', () => {
  it('is read as it was written, and its key is for its owner only', async () => {
    await writeBrokerFolder(folder, parts);
    expect(await readBrokerFolder(folder)).toEqual(parts);
    expect((await stat(join(folder, 'key.jwk'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('names the file that is missing or does not fit, and never what is in the key', async () => {
    await expect(readBrokerFolder(folder)).rejects.toThrow(/^broker\.json .* cannot be read/);
    await writeBrokerFolder(folder, parts);
    await writeFile(join(folder, 'key.jwk'), JSON.stringify({ ...parts.privateKey, kty: 'EC' }));
    const fault = await readBrokerFolder(folder).catch((error: Error) => error.message);
    expect(fault).toMatch(/^key\.jwk .* \/kty/);
    expect(fault).not.toContain(parts.privateKey.d);
  });
});

describe('the environment', () => {
  it('needs a folder and takes the rest by default', () => {
    expect(readConfig({ REVIER_FOLDER: 'broker' })).toEqual({
      REVIER_FOLDER: 'broker',
      LOG_LEVEL: 'info',
      OTEL_SERVICE_NAME: 'revier-broker',
    });
    expect(() => readConfig({ LOG_LEVEL: 'loud' })).toThrow(/REVIER_FOLDER[\s\S]*LOG_LEVEL/);
  });
});
