/** A person at a browser without a screen: opens the log-in, chooses somebody from the list, and comes back with a token. */
import type { webcrypto } from 'node:crypto';
import * as oauth from 'oauth4webapi';

export interface LogIn {
  readonly issuer: string;
  readonly clientId: string;
  /** Of the list of the demo provider. */
  readonly user: string;
  /** The key that the token is to be bound to; without it the token is a plain bearer token. */
  readonly keys?: webcrypto.CryptoKeyPair;
}

const REDIRECT = 'http://127.0.0.1/callback';
const plain = { [oauth.allowInsecureRequests]: true } as const;

/** Code flow with PKCE at a provider on the loopback; returns the access token. */
export async function logIn({ issuer, clientId, user, keys }: LogIn): Promise<string> {
  const found = await oauth.discoveryRequest(new URL(issuer), plain);
  const server = await oauth.processDiscoveryResponse(new URL(issuer), found);
  const client: oauth.Client = { client_id: clientId };
  const verifier = oauth.generateRandomCodeVerifier();
  const address = new URL(server.authorization_endpoint ?? '');
  address.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: 'openid',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString();
  const back = await chooseUser(address.href, user);
  const answer = oauth.validateAuthResponse(server, client, back, oauth.expectNoState);
  const DPoP = keys && oauth.DPoP(client, keys);
  const reply = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), answer, REDIRECT, verifier, {
    ...plain,
    ...(DPoP === undefined ? {} : { DPoP }),
  });
  return (await oauth.processAuthorizationCodeResponse(server, client, reply)).access_token;
}

/** Follows the pages as a browser would, and stops before the program that waits for the code. */
export async function chooseUser(address: string, user: string): Promise<URL> {
  const { origin } = new URL(address);
  const cookies = new Map<string, string>();
  let url = new URL(address);
  let body: URLSearchParams | undefined;
  for (let hops = 0; hops < 10; hops += 1) {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(body === undefined ? {} : { body }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const next = response.headers.get('location');
    const page = await response.text();
    if (next === null && !page.includes(`value="${user}"`))
      throw new Error(`The log-in ended with status ${response.status}.`);
    body = next === null ? new URLSearchParams({ user }) : undefined;
    url = next === null ? url : new URL(next, url);
    if (url.origin !== origin) return url;
  }
  throw new Error('The log-in leads in a circle.');
}
