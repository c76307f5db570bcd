/** Tokens and proofs by hand: with the true key of the provider or without, right but for one thing. */
import { randomUUID } from 'node:crypto';
import { type KeyPair, keyIdOf } from '@revier/connector-sdk';
import { importJWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import type { Login } from './data-space.case.ts';

export const now = (): number => Math.floor(Date.now() / 1000);

export interface Forging {
  readonly login: Login;
  readonly audience: string;
  /** The key that the token is bound to. */
  readonly holder: KeyPair;
}

export interface TokenOver {
  readonly claims?: JWTPayload;
  readonly header?: Partial<JWTHeaderParameters>;
  readonly key?: Parameters<SignJWT['sign']>[0];
}

/** As the provider makes them; `over` is what is different. */
export async function forgedToken({ login, audience, holder }: Forging, over: TokenOver = {}): Promise<string> {
  const { kid, alg } = login.keys.signing;
  const claims = {
    iss: login.issuer,
    sub: 'erika17',
    aud: audience,
    client_id: 'revier-cli',
    jti: randomUUID(),
    iat: now(),
    exp: now() + 300,
    roles: ['researcher'],
    organisation: 'did:web:university.example',
    cnf: { jkt: await keyIdOf(holder.publicKey) },
    ...over.claims,
  };
  const key = over.key ?? (await importJWK({ ...login.keys.signing }, alg));
  return new SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'at+jwt', ...over.header }).sign(key);
}

/** Unsigned, with the header that says so. */
export function unsigned(token: string, header: object): string {
  const [, payload = ''] = token.split('.');
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}.`;
}

export interface ProofOver {
  readonly claims?: JWTPayload;
  readonly header?: Partial<JWTHeaderParameters>;
}

export async function forgedProof(
  { publicKey, privateKey }: KeyPair,
  request: { readonly method: string; readonly url: string; readonly token: string },
  over: ProofOver = {},
): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', Buffer.from(request.token));
  const claims = {
    htm: request.method,
    htu: request.url,
    ath: Buffer.from(hash).toString('base64url'),
    jti: randomUUID(),
    iat: now(),
    ...over.claims,
  };
  const header = { alg: 'EdDSA', typ: 'dpop+jwt', jwk: publicKey, ...over.header };
  return new SignJWT(claims).setProtectedHeader(header).sign(await importJWK({ ...privateKey }, 'EdDSA'));
}
