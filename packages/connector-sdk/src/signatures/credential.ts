/** The researcher credential: an organisation's word for a person's key, the only chain to a person that counts. */
import { AppError, type CompactJws, Credential, type KeyId, type Realm } from '@revier/schema';
import { assertInForce, type ClockOptions } from './clock.ts';
import type { ResolveKey } from './header.ts';
import { keyIdOf, type Signer } from './keys.ts';
import { assertTrustInForce, resolver, type Trust } from './trust.ts';
import { openCompact } from './verify.ts';

export interface CredentialOptions extends ClockOptions {
  readonly trust: Trust;
  readonly realm: Realm;
}

/** One person at one organisation, `did:web:uni.example#r17`: the same pseudonym elsewhere is somebody else. */
export type PersonId = string;

export const personOf = ({ iss, sub }: Credential): PersonId => `${iss}#${sub}`;

export const signCredential = (credential: Credential, signer: Signer): Promise<CompactJws> =>
  signer.sign('revier-credential+jws', credential);

/** @throws AppError WRONG_REALM, EXPIRED (the trust list), CREDENTIAL_INVALID for every other fault. */
export async function verifyCredential(jws: string, options: CredentialOptions): Promise<Credential> {
  assertTrustInForce(options.trust, options);
  const { payload: credential, kid } = await opened(jws, options.trust);
  if (credential.realm !== options.realm || options.trust.list.realm !== options.realm)
    throw new AppError('WRONG_REALM');
  if (options.trust.keyOf(kid)?.participant.id !== credential.iss)
    throw invalid('It is not signed by the organisation that it names.');
  assertCurrent(credential, options);
  return credential;
}

/** The key of the credential, under its own name only. */
export async function credentialKey({ key }: Credential): Promise<ResolveKey> {
  const own: KeyId = await keyIdOf(key);
  return (kid) => (kid === own ? key : undefined);
}

async function opened(jws: string, trust: Trust) {
  try {
    return await openCompact(jws, 'revier-credential+jws', Credential, resolver(trust, { role: 'data-user' }));
  } catch (cause) {
    throw invalid('It does not verify with a key of a data user in the trust list.', cause);
  }
}

function assertCurrent(credential: Credential, clock: ClockOptions): void {
  try {
    assertInForce(credential, clock);
  } catch (cause) {
    throw invalid('It has expired or is not valid yet.', cause);
  }
}

const invalid = (detail: string, cause?: unknown): AppError => new AppError('CREDENTIAL_INVALID', { detail, cause });
