/** Another researcher of the same organisation: a key of their own, and a credential that the organisation has signed. */
import { createPrivateKey, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Profile } from '@revier/cli';
import { createSigner, generateKeyPair, proofKeysOf, signCredential } from '@revier/connector-sdk';
import { canonicalText, unverified } from '@revier/core';
import { folders } from '@revier/laptop';
import { Credential } from '@revier/schema';
import type { Federation } from './federation.ts';

export interface Person extends Profile {
  /** Signs any text, well formed or not, as a query. */
  readonly signText: (text: string) => string;
}

export async function otherPerson(
  { folder, profile }: Pick<Federation, 'folder' | 'profile'>,
  sub: string,
): Promise<Person> {
  const key: unknown = JSON.parse(await readFile(join(folders(folder).dataUser, 'key.jwk'), 'utf8'));
  const { privateKey, publicKey, kid } = await generateKeyPair();
  const genuine = Credential.parse(unverified(profile.credential));
  const credential = await signCredential({ ...genuine, sub, key: publicKey }, await createSigner(key));
  const own = createPrivateKey({ key: { ...privateKey }, format: 'jwk' });
  const signText = (text: string): string => {
    const header = canonicalText({ alg: 'EdDSA', kid, typ: 'revier-query+jws' });
    const input = [header, text].map((part) => Buffer.from(part).toString('base64url')).join('.');
    return `${input}.${sign(null, Buffer.from(input), own).toString('base64url')}`;
  };
  const [signer, keys] = [await createSigner(privateKey), await proofKeysOf(privateKey)];
  return { ...profile, credential, signer, keys, signText };
}
