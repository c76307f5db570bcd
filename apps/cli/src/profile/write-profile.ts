/** The scribe: writes a profile with its key and credential into a folder, each file whole or not at all. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type PrivateKey, writeWhole } from '@revier/connector-sdk';
import type { CompactJws } from '@revier/schema';
import { ProfileFile } from './profile.ts';

export interface ProfileToWrite extends Omit<ProfileFile, 'key' | 'credential'> {
  readonly credential: CompactJws;
  readonly privateKey: PrivateKey;
}

/** Writes `profile.json`, `credential.jws` and `key.jwk` (0600) into the folder; returns the path of the profile. */
export async function writeProfile(
  folder: string,
  { privateKey, credential, ...rest }: ProfileToWrite,
): Promise<string> {
  const profile = ProfileFile.parse({ ...rest, credential: 'credential.jws', key: 'key.jwk' });
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, 'key.jwk'), `${JSON.stringify(privateKey)}\n`);
  await writeWhole(join(folder, 'credential.jws'), `${credential}\n`);
  const file = join(folder, 'profile.json');
  await writeWhole(file, `${JSON.stringify(profile, null, 2)}\n`);
  return file;
}
