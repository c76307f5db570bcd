/** Another researcher of the same organisation: a key of their own, and a credential that the organisation has signed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Profile } from '@revier/cli';
import { createSigner, generateKeyPair, proofKeysOf, signCredential } from '@revier/connector-sdk';
import { folders } from '@revier/laptop';
import { Credential } from '@revier/schema';
import type { Federation } from './federation.ts';

export async function otherPerson({ folder, profile }: Federation, sub: string): Promise<Profile> {
  const key: unknown = JSON.parse(await readFile(join(folders(folder).dataUser, 'key.jwk'), 'utf8'));
  const { privateKey, publicKey } = await generateKeyPair();
  const genuine = Credential.parse(payloadOf(profile.credential));
  const credential = await signCredential({ ...genuine, sub, key: publicKey }, await createSigner(key));
  return { ...profile, credential, signer: await createSigner(privateKey), keys: await proofKeysOf(privateKey) };
}

export const payloadOf = (jws: string): unknown =>
  JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'));
