/** The provider as the broker sees it: asked rarely, away now and then, never a demonstration in the realm production. */
import { createServer, type Server } from 'node:http';
import { generateKeyPair, type KeyPair } from '@revier/connector-sdk';
import { makeProviderKeys, type ProviderKeys, startDemoProvider } from '@revier/demo-provider';
import { freePort } from '@revier/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogIns } from '../log-in-ports.ts';
import { People } from '../people.ts';
import { forgedProof, forgedToken, type TokenOver } from '../testing/forged-log-in.case.ts';
import { identityProvider } from './identity-provider.ts';

const URL_OF_BROKER = 'http://127.0.0.1:7400';
const AUDIENCE = 'did:web:broker.example';
let keys: ProviderKeys;
let holder: KeyPair;
let port: number;
let server: Server | undefined;
let asked: string[];
let ahead = 0;
beforeEach(async () => {
  [keys, holder, port] = [await makeProviderKeys(), await generateKeyPair(), await freePort()];
  asked = [];
  ahead = 0;
});
afterEach(() => stop());

const issuer = () => `http://127.0.0.1:${port}`;
const publicKey = () => {
  const { d: _, ...open } = { d: undefined, ...keys.signing };
  return open;
};

/** Serves metadata and keys, and writes down what it was asked for. */
async function start(): Promise<void> {
  const created = createServer(({ url = '' }, response) => {
    asked.push(url);
    const metadata = { issuer: issuer(), jwks_uri: `${issuer()}/jwks`, token_endpoint: `${issuer()}/token` };
    const body = url === '/jwks' ? { keys: [publicKey()] } : metadata;
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => created.listen(port, '127.0.0.1', resolve));
  server = created;
}

async function stop(): Promise<void> {
  const running = server;
  server = undefined;
  running?.closeAllConnections();
  await new Promise<void>((resolve) => (running === undefined ? resolve() : running.close(() => resolve())));
}

const logIns = (
  over: { production?: boolean; issuer?: string; rolesClaim?: string; roleNames?: People['roleNames'] } = {},
) =>
  identityProvider({
    people: People.parse({ issuer: over.issuer ?? issuer(), rolesClaim: over.rolesClaim, roleNames: over.roleNames }),
    audience: AUDIENCE,
    publicUrl: () => URL_OF_BROKER,
    production: over.production ?? false,
    now: () => Date.now() + ahead,
  });

async function open(door: LogIns, over: TokenOver = {}, at = issuer()) {
  const login = { issuer: at, keys };
  const token = await forgedToken({ login, audience: AUDIENCE, holder }, over);
  const path = '/v1/queries?limit=3';
  const proof = await forgedProof(holder, { method: 'GET', url: `${URL_OF_BROKER}/v1/queries`, token });
  return door.open({ method: 'GET', path, authorization: `DPoP ${token}`, proof, forwarded: false });
}

describe('the provider', () => {
  it('is asked once for metadata and once for keys, however many log in', async () => {
    await start();
    const door = logIns();
    for (let i = 0; i < 5; i += 1) await open(door);
    expect(asked).toEqual(['/.well-known/openid-configuration', '/jwks']);
  });

  it('is not asked again and again for keys that it does not have', async () => {
    await start();
    const door = logIns();
    await open(door);
    const tries = Array.from({ length: 20 }, (_, i) => open(door, { header: { kid: `unknown-${i}` } }));
    for (const outcome of await Promise.allSettled(tries))
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'TOKEN_INVALID' } });
    expect(asked).toHaveLength(2);
  });

  it('may be away: that is told as such, and it is found when it is back', async () => {
    const door = logIns();
    await expect(open(door)).rejects.toMatchObject({ code: 'LOGIN_UNAVAILABLE' });
    await start();
    await expect(open(door)).rejects.toMatchObject({ code: 'LOGIN_UNAVAILABLE' });
    ahead = 6_000;
    expect((await open(door)).subject).toBe('erika17');
  });

  it('is not a demo provider in the realm production, whatever its address', async () => {
    const demo = await startDemoProvider({ realm: 'test', port: 0, audience: AUDIENCE, users: [], keys });
    try {
      expect((await open(logIns({ issuer: demo.issuer }), {}, demo.issuer)).subject).toBe('erika17');
      const door = logIns({ issuer: demo.issuer, production: true });
      await expect(open(door, {}, demo.issuer)).rejects.toMatchObject({ code: 'LOGIN_UNAVAILABLE' });
    } finally {
      await demo.close();
    }
  });

  it('may name roles as it likes, inside other claims: only those that are matched count', async () => {
    await start();
    const claims = { roles: ['operator'], realm_access: { roles: ['revier-research', 'offline_access', 'operator'] } };
    const door = logIns({ rolesClaim: 'realm_access.roles', roleNames: { 'revier-research': 'researcher' } });
    expect((await open(door, { claims })).roles).toEqual(['researcher']);
    expect((await open(logIns({ rolesClaim: 'realm_access.roles' }), { claims })).roles).toEqual(['operator']);
    expect((await open(logIns({ rolesClaim: '__proto__.constructor' }), { claims })).roles).toEqual([]);
    expect((await open(logIns(), { claims: { roles: 'auditor' } })).roles).toEqual(['auditor']);
  });
});
