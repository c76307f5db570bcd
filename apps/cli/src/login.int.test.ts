/** Logging in at a real provider, with somebody at a browser: what is kept, what it opens, and what needs it. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Me, Problem } from '@revier/schema';
import { chooseUser } from '@revier/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SavedSession } from './login/session-file.ts';
import { type Desk, openDesk } from './testing/desk.case.ts';

const QUERY = '0193a5c8-7b1e-7c3a-9f52-0d6f6b7d1a11';
let desk: Desk;
let file: string;

beforeAll(async () => {
  desk = await openDesk();
  file = join(dirname(desk.profile), 'session.json');
});
beforeEach(() => rm(file, { force: true }));
afterAll(() => desk?.close());

const kept = async () => SavedSession.parse(JSON.parse(await readFile(file, 'utf8')));
const keep = (session: object) => writeFile(file, JSON.stringify(session), { mode: 0o600 });
const whoami = () => desk.revier(['whoami', '--json']);

describe('without a log-in', () => {
  it('questions are asked and answered', async () => {
    expect((await desk.revier(['query', 'question.json', '--csv'])).out).toMatch(/^area,sex,rate/);
    expect((await desk.revier(['query', 'question.json'])).code).toBe(0);
  });

  it.each([['status', QUERY], ['answer', QUERY], ['cancel', QUERY], ['queries'], ['whoami']])(
    '%s says that it needs one',
    async (...args) => {
      const { code, out, err } = await desk.revier(args);
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(/LOGIN_NEEDED[\s\S]*revier login/);
    },
  );
});

describe('revier login', () => {
  it('keeps a session that nobody else can read, and the broker knows the person', async () => {
    const { code, out, err } = await desk.logIn();
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain('You are logged in.');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(Me.parse(JSON.parse((await whoami()).out))).toMatchObject({ subject: 'r17', issuer: desk.provider.issuer });
  });

  it('goes without a browser on this machine: the last address is pasted', async () => {
    const shown = Promise.withResolvers<string>();
    const pasted = shown.promise.then((address) => chooseUser(address, 'r17')).then(({ href }) => `${href}\n`);
    const { code } = await desk.revier(['login', '--no-browser'], pasted, (text) => {
      const address = /http:\/\/\S+\/auth\S+/.exec(text)?.[0];
      if (address !== undefined) shown.resolve(address);
    });
    expect(code).toBe(0);
    expect((await whoami()).code).toBe(0);
  });

  it.each([
    ['nothing', '\n'],
    ['another address', 'http://127.0.0.1/callback?code=a&state=b\n'],
    ['a refusal', 'http://127.0.0.1/callback?error=access_denied\n'],
  ])('fails for %s, and keeps nothing', async (_what, text) => {
    const { code, err } = await desk.revier(['login', '--no-browser'], text);
    expect([code, err]).toEqual([4, expect.stringContaining('LOGIN_FAILED')]);
    await expect(kept()).rejects.toThrow();
  });

  it('renews a token that ends, and keeps the new one', async () => {
    await desk.logIn();
    const before = await kept();
    await keep({ ...before, expires: Date.now() });
    expect((await whoami()).code).toBe(0);
    const after = await kept();
    expect(after.accessToken).not.toBe(before.accessToken);
    expect(after.expires).toBeGreaterThan(Date.now());
  });

  it('is over when the token ends and cannot be renewed', async () => {
    await desk.logIn();
    const { refreshToken, ...session } = await kept();
    expect(refreshToken).toBeDefined();
    for (const left of [session, { ...session, refreshToken: 'forged' }]) {
      await keep({ ...left, expires: Date.now() });
      expect((await whoami()).err).toContain('LOGIN_NEEDED');
    }
  });

  it('counts for its own key and provider only, and not when others could read it', async () => {
    await desk.logIn();
    const session = await kept();
    for (const other of [{ key: 'A'.repeat(43) }, { issuer: 'https://other.example' }, { clientId: 'other' }]) {
      await keep({ ...session, ...other });
      expect(Problem.parse(JSON.parse((await whoami()).out)).code).toBe('LOGIN_NEEDED');
    }
    await rm(file);
    await writeFile(file, JSON.stringify(session), { mode: 0o644 });
    expect((await whoami()).err).toContain('KEY_EXPOSED');
  });

  it('is not possible where the profile names no provider, or one over plain http elsewhere', async () => {
    const text = await readFile(desk.profile, 'utf8');
    const { login: _, ...rest } = JSON.parse(text);
    await writeFile(desk.profile, JSON.stringify(rest));
    expect((await desk.revier(['login'])).err).toContain('LOGIN_UNAVAILABLE');
    await writeFile(
      desk.profile,
      JSON.stringify({ ...rest, login: { issuer: 'http://login.example', clientId: 'a' } }),
    );
    expect((await desk.revier(['login'])).err).toMatch(/PROFILE_UNFIT[\s\S]*\/login\/issuer/);
    await writeFile(desk.profile, text);
  });
});

describe('revier logout', () => {
  it('forgets the session here and at the provider', async () => {
    await desk.logIn();
    const session = await kept();
    expect((await desk.revier(['logout'])).code).toBe(0);
    await expect(kept()).rejects.toThrow();
    await keep({ ...session, expires: Date.now() });
    expect((await whoami()).err).toContain('LOGIN_NEEDED');
  });

  it('is no fault when nobody is logged in', async () => {
    expect((await desk.revier(['logout'])).code).toBe(0);
  });
});

describe('revier proof', () => {
  it('prints what curl needs for one request', async () => {
    await desk.logIn();
    const url = `${desk.broker.url}/v1/me`;
    const { out } = await desk.revier(['proof', 'GET', url]);
    const headers = Object.fromEntries(
      out
        .trim()
        .split('\n')
        .map((line) => line.split(': ', 2)),
    );
    expect(Object.keys(headers)).toEqual(['authorization', 'dpop', 'revier-credential']);
    expect((await fetch(url, { headers })).status).toBe(200);
    expect((await fetch(url, { method: 'POST', headers })).status).not.toBe(200);
  });

  it('makes none for anybody but the broker', async () => {
    await desk.logIn();
    for (const args of [['GET', 'https://evil.example/v1/me'], ['get', desk.broker.url], ['GET', 'me'], ['GET']])
      expect((await desk.revier(['proof', ...args])).code).toBe(2);
  });
});
