/** Attacks on log-ins: every token and proof that is right but for one thing is refused, each with a problem of its own. */
import { generateKeyPair, type KeyPair } from '@revier/connector-sdk';
import { makeProviderKeys } from '@revier/demo-provider';
import { Me, PersonRole, Problem, type ProblemCode } from '@revier/schema';
import { importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROKER, type Federation, type Person } from './testing/data-space.case.ts';
import {
  type Forging,
  forgedProof,
  forgedToken,
  now,
  type ProofOver,
  type TokenOver,
  unsigned,
} from './testing/forged-log-in.case.ts';
import { startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

let space: TwoCities;
let federation: Federation;
let holder: KeyPair;
let thief: KeyPair;
let forging: Forging;
beforeAll(async () => {
  space = await startTwoCities({ readsPerMinute: 10_000 });
  ({ federation } = space);
  [holder, thief] = [await generateKeyPair(), await generateKeyPair()];
  forging = { login: federation.provider(), audience: BROKER, holder };
});
afterAll(() => federation.close());

const address = () => `${federation.url()}/v1/me`;

async function show(headers: Record<string, string>, url = address(), method = 'GET') {
  const reply = await fetch(url, { headers, method });
  if (reply.ok) return { status: reply.status, code: undefined, detail: undefined, challenge: null };
  const { code, detail } = Problem.parse(await reply.json());
  return { status: reply.status, code, detail, challenge: reply.headers.get('www-authenticate') };
}

interface Attempt {
  readonly token?: TokenOver;
  readonly proof?: ProofOver;
  readonly prover?: KeyPair;
  readonly scheme?: 'DPoP' | 'Bearer';
  readonly request?: { readonly method?: string; readonly url?: string };
}

async function attempt({ token: over, proof, prover = holder, scheme = 'DPoP', request }: Attempt) {
  const token = await forgedToken(forging, over);
  const asked = { method: 'GET', url: address(), token, ...request };
  return show({ authorization: `${scheme} ${token}`, dpop: await forgedProof(prover, asked, proof) });
}

const refused = (code: ProblemCode, detail?: RegExp) => ({
  status: 401,
  code,
  detail: detail === undefined ? expect.any(String) : expect.stringMatching(detail),
  challenge: expect.stringContaining('DPoP'),
});

describe('an access token', () => {
  it('that is right opens the door: so nothing below fails for another reason', async () => {
    expect(await attempt({})).toMatchObject({ status: 200 });
  });

  it.each<[what: string, claims: NonNullable<TokenOver['claims']>, detail: RegExp]>([
    ['of another issuer', { iss: 'https://evil.example' }, /another issuer/],
    ['for another audience', { aud: 'did:web:evil.example' }, /somebody else/],
    ['that has expired', { exp: now() - 60 }, /expired/],
    ['that is not valid yet', { nbf: now() + 600 }, /not valid yet/],
    ['without a subject', { sub: undefined as never }, /not what this broker takes/],
    ['without an end', { exp: undefined as never }, /not what this broker takes/],
    ['bound to nothing', { cnf: undefined }, /not what this broker takes/],
    ['bound to a certificate', { cnf: { 'x5t#S256': 'a'.repeat(43) } }, /not what this broker takes/],
    ['bound to two things', { cnf: { jkt: 'a'.repeat(43), kid: 'b' } }, /not what this broker takes/],
  ])('%s is refused', async (_what, claims, detail) => {
    expect(await attempt({ token: { claims } })).toEqual(refused('TOKEN_INVALID', detail));
  });

  it('signed with a key of the thief’s own is refused, whatever the header says about it', async () => {
    const key = await importJWK({ ...thief.privateKey }, 'EdDSA');
    for (const header of [
      { alg: 'EdDSA' },
      { alg: 'EdDSA', kid: thief.kid },
      { alg: 'EdDSA', kid: undefined as never, jwk: thief.publicKey },
      { alg: 'EdDSA', kid: undefined as never, jku: 'https://evil.example/jwks' },
    ])
      expect(await attempt({ token: { key, header } })).toEqual(refused('TOKEN_INVALID'));
  });

  it('signed with another key under the name of the provider’s is refused', async () => {
    const { signing } = await makeProviderKeys();
    const key = await importJWK({ ...signing }, 'ES256');
    expect(await attempt({ token: { key } })).toEqual(refused('TOKEN_INVALID'));
    expect(await attempt({ token: { key, header: { kid: signing.kid } } })).toEqual(refused('TOKEN_INVALID'));
  });

  it('signed with the published key as if it were a secret is refused', async () => {
    const jwks = await (await fetch(`${federation.provider().issuer}/jwks`)).text();
    for (const secret of [jwks, JSON.stringify(JSON.parse(jwks).keys[0])])
      expect(await attempt({ token: { key: Buffer.from(secret), header: { alg: 'HS256' } } })).toEqual(
        refused('TOKEN_INVALID'),
      );
  });

  it('that is not signed at all is refused', async () => {
    const token = await forgedToken(forging);
    for (const header of [{ alg: 'none', typ: 'at+jwt' }, { typ: 'at+jwt' }, { alg: 'None', typ: 'at+jwt' }]) {
      const bare = unsigned(token, header);
      const dpop = await forgedProof(holder, { method: 'GET', url: address(), token: bare });
      expect(await show({ authorization: `DPoP ${bare}`, dpop })).toEqual(refused('TOKEN_INVALID'));
    }
  });

  it.each(['JWT', 'id_token', 'dpop+jwt', 'revier-access+jws'])('of the type %s is refused', async (typ) => {
    expect(await attempt({ token: { header: { typ } } })).toEqual(refused('TOKEN_INVALID'));
  });

  it('with an extension that nobody knows is refused', async () => {
    const token = await forgedToken(forging);
    const [, payload, signature] = token.split('.');
    const { kid } = forging.login.keys.signing;
    const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid, typ: 'at+jwt', crit: ['x'], x: 1 }));
    const critical = [header.toString('base64url'), payload, signature].join('.');
    const dpop = await forgedProof(holder, { method: 'GET', url: address(), token: critical });
    expect(await show({ authorization: `DPoP ${critical}`, dpop })).toEqual(refused('TOKEN_INVALID'));
  });

  it('that is bound to a key is no bearer token, with a proof or without', async () => {
    expect(await attempt({ scheme: 'Bearer' })).toEqual(refused('TOKEN_INVALID'));
    expect(await show({ authorization: `Bearer ${await forgedToken(forging)}` })).toEqual(refused('TOKEN_INVALID'));
    expect(await show({ authorization: `DPoP ${await forgedToken(forging)}` })).toEqual(refused('TOKEN_INVALID'));
    const unbound = await forgedToken(forging, { claims: { cnf: undefined } });
    expect(await show({ authorization: `Bearer ${unbound}` })).toEqual(refused('TOKEN_INVALID'));
  });

  it.each(['', 'Basic YTpi', 'DPoP', 'DPoP a b', 'Bearer a.b.c d'])('is not "%s"', async (authorization) => {
    expect(await show({ authorization })).toEqual({ ...refused('UNAUTHENTICATED'), detail: undefined });
  });

  it('of ten megabytes, and one of ten kilobytes, cost nothing', async () => {
    const reply = await show({ authorization: `DPoP ${'a'.repeat(10_000_000)}` }).catch(() => ({ status: 'shut' }));
    expect([431, 'shut']).toContain(reply.status);
    expect(await attempt({ token: { claims: { roles: 'r'.repeat(10_000) } } })).toEqual(
      refused('TOKEN_INVALID', /longer than any/),
    );
  });
});

describe('a proof', () => {
  it.each<[what: string, over: ProofOver, detail: RegExp]>([
    ['of another method', { claims: { htm: 'DELETE' } }, /another method/],
    ['of another path', { claims: { htu: 'http://127.0.0.1/v1/queries' } }, /another address/],
    ['of another host', { claims: { htu: 'https://evil.example/v1/me' } }, /another address/],
    ['for another token', { claims: { ath: 'a'.repeat(43) } }, /another access token/],
    ['of two minutes ago', { claims: { iat: now() - 150 } }, /check the clock/],
    ['of long ago', { claims: { iat: now() - 3600 } }, /check the clock/],
    ['of the future', { claims: { iat: now() + 150 } }, /check the clock/],
    ['without a number', { claims: { jti: undefined as never } }, /not what this broker takes/],
    ['with a number that is too short', { claims: { jti: 'a' } }, /jti/],
    ['with a number without end', { claims: { jti: 'a'.repeat(300) } }, /jti/],
    ['of another type', { header: { typ: 'JWT' } }, /not what this broker takes/],
  ])('%s is refused', async (_what, proof, detail) => {
    expect(await attempt({ proof })).toEqual(refused('TOKEN_INVALID', detail));
  });

  it('with another key is refused: a stolen token is worth nothing', async () => {
    expect(await attempt({ prover: thief })).toEqual(refused('TOKEN_INVALID', /another key/));
    // The key of the person named, the signature of the thief.
    expect(await attempt({ prover: thief, proof: { header: { jwk: holder.publicKey } } })).toEqual(
      refused('TOKEN_INVALID'),
    );
    expect(await attempt({ proof: { header: { jwk: { ...holder.privateKey } } } })).toEqual(refused('TOKEN_INVALID'));
  });

  it('that is not signed, or is two at once, is refused', async () => {
    const token = await forgedToken(forging);
    const asked = { method: 'GET', url: address(), token };
    const proof = await forgedProof(holder, asked);
    const bare = unsigned(proof, { alg: 'none', typ: 'dpop+jwt', jwk: holder.publicKey });
    for (const dpop of [bare, `${proof}, ${proof}`, 'a.b.c', ''])
      expect(await show({ authorization: `DPoP ${token}`, dpop })).toEqual(refused('TOKEN_INVALID'));
  });

  it('is good for once, in every process, and after a restart', async () => {
    const token = await forgedToken(forging);
    const proof = await forgedProof(holder, { method: 'GET', url: address(), token });
    const headers = { authorization: `DPoP ${token}`, dpop: proof };
    expect((await show(headers)).status).toBe(200);
    expect(await show(headers)).toEqual({ ...refused('PROOF_REPLAYED'), detail: undefined });
    // The same `jti` in a proof that is otherwise new is a replay, too; with another key it is nobody's business.
    const jti = crypto.randomUUID();
    expect((await attempt({ proof: { claims: { jti } } })).status).toBe(200);
    expect((await attempt({ proof: { claims: { jti, iat: now() - 3 } } })).code).toBe('PROOF_REPLAYED');
    const other = { ...forging, holder: thief };
    const theirs = await forgedToken(other);
    const shown = await forgedProof(thief, { method: 'GET', url: address(), token: theirs }, { claims: { jti } });
    expect((await show({ authorization: `DPoP ${theirs}`, dpop: shown })).status).toBe(200);
  });

  it('is remembered by the records, not by the process', async () => {
    const before = await generateKeyPair();
    const own = { ...forging, holder: before };
    const url = 'https://broker.example/v1/me';
    const other = await startTwoCities({}, { publicUrl: 'https://broker.example' });
    try {
      const token = await forgedToken({ ...own, login: other.federation.provider() });
      const headers = {
        authorization: `DPoP ${token}`,
        dpop: await forgedProof(before, { method: 'GET', url, token }),
      };
      const at = () => `${other.federation.url()}/v1/me`;
      expect((await show(headers, at())).status).toBe(200);
      await other.federation.restart();
      expect((await show(headers, at())).code).toBe('PROOF_REPLAYED');
      const second = await other.federation.second();
      expect((await show(headers, `${second.url}/v1/me`)).code).toBe('PROOF_REPLAYED');
      await second.close();
    } finally {
      await other.federation.close();
    }
  });

  it('tells the many uses of one proof at once apart', async () => {
    const token = await forgedToken(forging);
    const dpop = await forgedProof(holder, { method: 'GET', url: address(), token });
    const all = await Promise.all(Array.from({ length: 8 }, () => show({ authorization: `DPoP ${token}`, dpop })));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('who somebody is', () => {
  const meOf = async (person: Person, headers = {}) =>
    Me.parse(await (await federation.fetchAs(person, '/v1/me', { headers })).json());

  it('is what the provider says, and the person of the credential', async () => {
    expect(await meOf(space.erika)).toEqual({
      issuer: federation.provider().issuer,
      subject: 'erika17',
      roles: ['researcher'],
      organisation: 'did:web:university.example',
      persons: ['did:web:university.example#erika17'],
    });
  });

  it('is nobody by the credential of another: its key is not theirs', async () => {
    const token = await forgedToken(forging);
    const asked = { method: 'GET', url: address(), token };
    const headers = async (credential: string) => ({
      authorization: `DPoP ${token}`,
      dpop: await forgedProof(holder, asked),
      'revier-credential': credential,
    });
    expect(await show(await headers(space.erika.credential))).toMatchObject({
      status: 400,
      code: 'CREDENTIAL_INVALID',
    });
    expect(await show(await headers('a.b.c'))).toMatchObject({ status: 400, code: 'CREDENTIAL_INVALID' });
  });

  it('is not of another organisation than the log-in says', async () => {
    const strange = await federation.person('strange1', { organisation: 'did:web:institute.example' });
    const reply = await federation.fetchAs(strange, '/v1/me');
    expect(Problem.parse(await reply.json()).code).toBe('CREDENTIAL_INVALID');
  });

  it('counts only roles that there are', async () => {
    const token = await forgedToken(forging, { claims: { roles: ['admin', 'operator', 'researcher ', 7] } });
    const dpop = await forgedProof(holder, { method: 'GET', url: address(), token });
    const reply = await fetch(address(), { headers: { authorization: `DPoP ${token}`, dpop } });
    expect(Me.parse(await reply.json()).roles).toEqual([]);
  });

  it('decides: who asked may read, a colleague with every role may not even know that there is something', async () => {
    const queryId = await space.submit();
    await space.finish();
    await space.answerOf(queryId);
    const boss = await federation.person('boss1', { roles: PersonRole.options });
    for (const path of ['', '/events', '/answer', '/answer.csv-metadata.json', '/result'])
      expect((await federation.fetchAs(boss, `/v1/queries/${queryId}${path}`)).status, path).toBe(404);
    expect((await federation.fetchAs(boss, `/v1/queries/${queryId}`, { method: 'DELETE' })).status).toBe(404);
    const operator = await federation.person('operator1', { roles: ['operator'] });
    const list = await federation.fetchAs(operator, '/v1/queries');
    expect((await federation.fetchAs(operator, '/v1/operator/enrolments')).status).toBe(200);
    expect((await federation.fetchAs(space.erika, '/v1/operator/enrolments')).status).toBe(403);
    expect([list.status, Problem.parse(await list.json()).code]).toEqual([403, 'FORBIDDEN']);
  });
});
