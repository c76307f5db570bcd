/** Logging in: code flow with PKCE (RFC 8252); the code comes back to a port of the loopback, or is pasted. */
import { createServer, type Server } from 'node:http';
import { AppError } from '@revier/schema';
import * as oauth from 'oauth4webapi';
import type { Profile } from '../profile/profile.ts';
import { failed, type Provider, providerOf, sessionOf, withNonce } from './provider.ts';
import type { SavedSession } from './session-file.ts';

export interface LogInOptions {
  readonly now: () => Date;
  /** Is given the address that the person opens in a browser. */
  readonly show: (address: string) => void;
  /** Reads the address that the browser ended at; without it, a port of the loopback waits for it. */
  readonly paste?: (() => Promise<string>) | undefined;
}

/** Where the browser is sent afterwards, and how what it brings is found out. */
interface Return {
  readonly address: string;
  arrived(): Promise<URL>;
  close(): void;
}

const PATIENCE_MS = 300_000;

/** @throws AppError LOGIN_UNAVAILABLE, LOGIN_FAILED */
export async function logIn(profile: Profile, { now, show, paste }: LogInOptions): Promise<SavedSession> {
  const provider = await providerOf(profile);
  const back = paste === undefined ? await listening() : pasted(paste);
  try {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    show(await addressOf(provider, { redirect: back.address, verifier, state }));
    const answer = oauth.validateAuthResponse(provider.server, provider.client, await back.arrived(), state);
    return await sessionOf(profile, await tokensFor(provider, answer, back.address, verifier), now());
  } catch (cause) {
    throw failed(cause);
  } finally {
    back.close();
  }
}

async function addressOf(
  { server, client, scope, proof }: Provider,
  { redirect, verifier, state }: { readonly redirect: string; readonly verifier: string; readonly state: string },
): Promise<string> {
  if (server.authorization_endpoint === undefined)
    throw new AppError('LOGIN_FAILED', { detail: 'The provider has no page to log in at.' });
  const address = new URL(server.authorization_endpoint);
  const parameters = {
    client_id: client.client_id,
    redirect_uri: redirect,
    response_type: 'code',
    scope,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    // The code, too, is good for nobody else (RFC 9449, section 10).
    dpop_jkt: await proof.calculateThumbprint(),
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  return address.href;
}

async function tokensFor(
  { server, client, options, proof }: Provider,
  answer: URLSearchParams,
  redirect: string,
  verifier: string,
): Promise<oauth.TokenEndpointResponse> {
  return withNonce(async () => {
    const reply = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), answer, redirect, verifier, {
      ...options,
      DPoP: proof,
    });
    return oauth.processAuthorizationCodeResponse(server, client, reply);
  });
}

const THANKS =
  '<!doctype html><meta charset="utf-8"><title>revier</title><p>You can close this page and go back to the terminal.';

async function listening(): Promise<Return> {
  const arrived = Promise.withResolvers<URL>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const isCallback = url.pathname === '/callback' && request.method === 'GET';
    response.writeHead(isCallback ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', connection: 'close' });
    response.end(isCallback ? THANKS : '');
    if (isCallback) arrived.resolve(url);
  });
  const port = await portOf(server);
  const timer = setTimeout(
    () => arrived.reject(new AppError('LOGIN_FAILED', { detail: 'Nobody has logged in for five minutes.' })),
    PATIENCE_MS,
  );
  return {
    address: `http://127.0.0.1:${port}/callback`,
    arrived: () => arrived.promise,
    close: () => {
      clearTimeout(timer);
      server.close();
    },
  };
}

function portOf(server: Server): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    resolve(typeof address === 'object' && address !== null ? address.port : 0);
  });
  return promise;
}

/** For machines without a browser: the page at the end cannot be loaded elsewhere, but its address has the code in it. */
const pasted = (paste: () => Promise<string>): Return => ({
  address: 'http://127.0.0.1/callback',
  async arrived() {
    const url = URL.parse((await paste()).trim());
    if (url === null) throw new AppError('LOGIN_FAILED', { detail: 'That is no address.' });
    return url;
  },
  close: () => undefined,
});
