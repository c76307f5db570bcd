/** The provider that the profile names, and how it is spoken to. A broker could name another one: it is not asked. */
import { thumbprintOf } from '@revier/connector-sdk';
import { AppError } from '@revier/schema';
import * as oauth from 'oauth4webapi';
import type { Profile } from '../profile/profile.ts';
import type { SavedSession } from './session-file.ts';

const TIMEOUT_MS = 15_000;

export interface Provider {
  readonly server: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly scope: string;
  /** For calls that mind neither key nor nonce. */
  readonly options: CallOptions;
  readonly proof: oauth.DPoPHandle;
}

export interface CallOptions {
  readonly signal: () => AbortSignal;
  readonly [oauth.allowInsecureRequests]: boolean;
}

/** @throws AppError LOGIN_UNAVAILABLE, also when the profile names no provider */
export async function providerOf({ login, keys }: Profile): Promise<Provider> {
  if (login === undefined)
    throw new AppError('LOGIN_UNAVAILABLE', { detail: 'The profile names no `login`: issuer and clientId.' });
  const issuer = new URL(login.issuer);
  const options: CallOptions = {
    signal: () => AbortSignal.timeout(TIMEOUT_MS),
    // The profile allows it on the loopback of a test realm only.
    [oauth.allowInsecureRequests]: issuer.protocol === 'http:',
  };
  const client: oauth.Client = { client_id: login.clientId };
  try {
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
    return { server, client, scope: login.scope, options, proof: proofFor(client, keys, server) };
  } catch (cause) {
    throw new AppError('LOGIN_UNAVAILABLE', { detail: `${login.issuer} does not answer as a provider does.`, cause });
  }
}

/** Ed25519 has had two names; some providers know only the older. */
function proofFor(client: oauth.Client, keys: Profile['keys'], server: oauth.AuthorizationServer): oauth.DPoPHandle {
  const known = server.dpop_signing_alg_values_supported;
  const older = known !== undefined && !known.includes('Ed25519') && known.includes('EdDSA');
  if (!older) return oauth.DPoP(client, keys);
  return oauth.DPoP(client, keys, {
    [oauth.modifyAssertion]: (header) => {
      header.alg = 'EdDSA';
    },
  });
}

/** Once more when the provider wants its nonce in the proof (RFC 9449, section 8). */
export async function withNonce<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (oauth.isDPoPNonceError(error)) return call();
    throw error;
  }
}

/** @throws AppError LOGIN_FAILED for tokens that are not bound to the key of the profile */
export async function sessionOf(
  { login, keys }: Profile,
  { access_token: accessToken, token_type, expires_in = 60, refresh_token }: oauth.TokenEndpointResponse,
  now: Date,
): Promise<SavedSession> {
  if (login === undefined) throw new AppError('LOGIN_UNAVAILABLE');
  if (token_type !== 'dpop')
    throw new AppError('LOGIN_FAILED', { detail: 'The provider has not bound the token to your key (DPoP).' });
  return {
    issuer: login.issuer,
    clientId: login.clientId,
    key: await thumbprintOf(keys),
    accessToken,
    expires: now.getTime() + expires_in * 1000,
    ...(refresh_token === undefined ? {} : { refreshToken: refresh_token }),
  };
}

/** In the words of the provider, which are plain text of its own (RFC 6749, section 5.2). */
export function failed(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const said =
    cause instanceof oauth.ResponseBodyError || cause instanceof oauth.AuthorizationResponseError
      ? [cause.error, cause.error_description].filter((part) => part !== undefined).join(': ')
      : undefined;
  return new AppError('LOGIN_FAILED', { cause, ...(said === undefined ? {} : { detail: said.slice(0, 300) }) });
}
