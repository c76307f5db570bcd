/** The profile: who asks, with which key, and which broker and signers they trust. */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createSigner, type ProofKeys, proofKeysOf, type Signer } from '@revier/connector-sdk';
import { AppError, CompactJws, KeyId, ParticipantId, Realm } from '@revier/schema';
import { z } from 'zod';
import { findProfile, type ProfilePlaces } from './find-profile.ts';
import { readKeyFile } from './key-file.ts';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** Access tokens travel to it, so plain HTTP is for this machine and for test realms only. */
export const ProfileFile = z
  .strictObject({
    broker: z.url({ protocol: /^https?$/ }),
    brokerId: ParticipantId,
    realm: Realm,
    /** Key ids of which every one must have signed the trust list. */
    pinnedSigners: z.array(KeyId).min(1).max(50),
    /** A compact JWS, or the name of a file with one, relative to the profile. */
    credential: z.string().min(1).max(100_000),
    /** The name of a file with an Ed25519 private key as JWK, relative to the profile. */
    key: z.string().min(1).max(4096),
    /** Where the person logs in; without it, only what needs no log-in can be done. */
    login: z
      .strictObject({
        issuer: z.url({ protocol: /^https?$/ }),
        clientId: z.string().min(1).max(500),
        scope: z.string().min(1).max(500).default('openid'),
      })
      .optional(),
  })
  .refine(
    ({ broker, realm }) => realm === 'test' || broker.startsWith('https:') || LOOPBACK.test(new URL(broker).hostname),
    {
      path: ['broker'],
      message: 'expected https: in the realm production',
    },
  )
  .refine(
    ({ login, realm }) =>
      login === undefined ||
      login.issuer.startsWith('https:') ||
      (realm === 'test' && LOOPBACK.test(new URL(login.issuer).hostname)),
    { path: ['login', 'issuer'], message: 'expected https:, or the loopback in the realm test' },
  );
export type ProfileFile = z.infer<typeof ProfileFile>;

/** A profile that is ready to sign with. */
export interface Profile extends Omit<ProfileFile, 'key' | 'credential'> {
  /** Where it was read from. */
  readonly file: string;
  readonly credential: CompactJws;
  readonly signer: Signer;
  /** The same key, for proofs of possession. */
  readonly keys: ProofKeys;
}

/** @throws AppError PROFILE_MISSING, PROFILE_UNFIT with pointers, KEY_EXPOSED */
export async function loadProfile(places: ProfilePlaces): Promise<Profile> {
  const file = await findProfile(places);
  const { key, credential, ...rest } = parseProfile(file, await readFile(file, 'utf8'));
  const folder = dirname(file);
  return {
    ...rest,
    file,
    credential: await credentialOf(credential, folder),
    ...(await ownKey(resolve(folder, key))),
  };
}

function parseProfile(file: string, text: string): ProfileFile {
  const result = ProfileFile.safeParse(parseJson(text, `${file} is not JSON.`));
  if (result.success) return result.data;
  throw new AppError('PROFILE_UNFIT', {
    detail: `${file} does not fit.`,
    errors: result.error.issues.map(({ path, message }) => ({ pointer: `/${path.join('/')}`, detail: message })),
  });
}

async function credentialOf(credential: string, folder: string): Promise<CompactJws> {
  // A protected header begins with `{"`, in base64url `eyJ`: no file of ours is called so.
  const text = credential.startsWith('eyJ') ? credential : await readNamed(join(folder, credential), '/credential');
  const jws = CompactJws.safeParse(text.trim());
  if (!jws.success) throw AppError.at('PROFILE_UNFIT', '/credential', 'The credential is no compact JWS.');
  return jws.data;
}

async function readNamed(file: string, pointer: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const detail = `${file} cannot be read.`;
    throw new AppError('PROFILE_UNFIT', { detail, errors: [{ pointer, detail }], cause });
  }
}

async function ownKey(file: string): Promise<Pick<Profile, 'signer' | 'keys'>> {
  const jwk = parseJson(await readKeyFile(file), `${file} is not JSON.`);
  try {
    return { signer: await createSigner(jwk), keys: await proofKeysOf(jwk) };
  } catch (cause) {
    const detail = `${file} holds no Ed25519 private key as JWK.`;
    throw new AppError('PROFILE_UNFIT', { detail, errors: [{ pointer: '/key', detail }], cause });
  }
}

/** The cause is left out: a parser's message quotes what it read, and that may be a key. */
function parseJson(text: string, detail: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('PROFILE_UNFIT', { detail });
  }
}
