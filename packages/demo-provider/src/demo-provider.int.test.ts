/** The demo log-in over HTTP: tokens bound to a key, a page without passwords, and what it refuses to be. */
import { generateKeyPair as generate } from 'node:crypto';
import { promisify } from 'node:util';
import { chooseUser, logIn } from '@revier/testkit';
import { calculateJwkThumbprint, createRemoteJWKSet, exportJWK, importJWK, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DEMO_CLIENT,
  DEMO_MARK,
  type DemoProvider,
  type DemoUser,
  makeProviderKeys,
  startDemoProvider,
} from './index.ts';

const AUDIENCE = 'did:web:broker.example';
const users: DemoUser[] = [
  { id: 'r1', name: 'Erika <Researcher>', roles: ['researcher'], organisation: 'did:web:university.example' },
  { id: 'operator', name: 'Otto', roles: ['operator', 'auditor'] },
];
const keys = await makeProviderKeys();
const options = { realm: 'test' as const, port: 0, audience: AUDIENCE, users, keys };
let provider: DemoProvider;
beforeAll(async () => {
  provider = await startDemoProvider(options);
});
afterAll(() => provider.close());

async function proofKeys() {
  const { publicKey, privateKey } = await promisify(generate)('ed25519');
  const imported = async (key: Parameters<typeof exportJWK>[0]) => importJWK(await exportJWK(key), 'EdDSA');
  const [own, open] = [await imported(privateKey), await imported(publicKey)];
  if (own instanceof Uint8Array || open instanceof Uint8Array) throw new Error('Not a key pair.');
  return { privateKey: own, publicKey: open };
}

const opened = (token: string) =>
  jwtVerify(token, createRemoteJWKSet(new URL(`${provider.issuer}/jwks`)), {
    typ: 'at+jwt',
    issuer: provider.issuer,
    audience: AUDIENCE,
  });

describe('the demo log-in', () => {
  it('gives who is chosen a token for the broker, bound to the key that was shown', async () => {
    const own = await proofKeys();
    const token = await logIn({ issuer: provider.issuer, clientId: DEMO_CLIENT, user: 'r1', keys: own });
    const { payload } = await opened(token);
    expect(payload).toMatchObject({
      sub: 'r1',
      roles: ['researcher'],
      organisation: 'did:web:university.example',
      cnf: { jkt: await calculateJwkThumbprint(await exportJWK(own.publicKey)) },
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
  });

  it('insists on a key unless plain tokens were asked for', async () => {
    await expect(logIn({ issuer: provider.issuer, clientId: DEMO_CLIENT, user: 'r1' })).rejects.toThrow();
    const lax = await startDemoProvider({ ...options, plainBearer: true });
    try {
      expect(await logIn({ issuer: lax.issuer, clientId: DEMO_CLIENT, user: 'operator' })).toMatch(/^eyJ/);
    } finally {
      await lax.close();
    }
  });

  it('shows a page that says what it is, asks for no password, and runs nothing', async () => {
    const address = `${provider.issuer}/auth?client_id=${DEMO_CLIENT}&redirect_uri=http://127.0.0.1/callback&response_type=code&scope=openid&code_challenge=${'a'.repeat(43)}&code_challenge_method=S256`;
    const first = await fetch(address, { redirect: 'manual' });
    const cookie = first.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const page = await fetch(new URL(first.headers.get('location') ?? '', address), { headers: { cookie } });
    const text = await page.text();
    expect(text).toContain('DEMO');
    expect(text).toContain('No passwords');
    expect(text).not.toMatch(/type="password"|<script|<Researcher>/);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    await expect(chooseUser(address, 'nobody')).rejects.toThrow();
  });

  it('is marked, and known by its address alone', async () => {
    const metadata: unknown = await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json();
    expect(metadata).toMatchObject({ issuer: provider.issuer, [DEMO_MARK]: true });
    const other = await fetch(provider.issuer.replace('127.0.0.1', 'localhost'));
    expect(other.status).toBe(421);
  });

  it('does not run in the realm production, nor where others can reach it', async () => {
    await expect(startDemoProvider({ ...options, realm: 'production' })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
    for (const host of ['0.0.0.0', '192.0.2.1', 'provider.example', '::'])
      await expect(startDemoProvider({ ...options, host })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });
});
