/** Bad input, fault by fault: a clear code, a pointer where there is a place, and nothing lost by it. */
import { createPrivateKey, sign } from 'node:crypto';
import { createSigner, generateKeyPair, type KeyPair, signCredential, verifyCompact } from '@revier/connector-sdk';
import { canonicalText, unverifiedText } from '@revier/core';
import { type CompactJws, Problem, type QuestionInput, Receipt, type SignedQuery } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskOptions, type Federation, type Person, REGISTER, USER } from './testing/data-space.case.ts';
import { CITY_A, inhabitants, one, startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

type Envelope = Parameters<NonNullable<AskOptions['change']>>[0];

const OTHER = 'urn:revier:register:nobody';
const hash = `sha256:${'0'.repeat(64)}`;
let space: TwoCities;
let federation: Federation;
let keys: KeyPair;
let ilse: Person;

beforeAll(async () => {
  space = await startTwoCities();
  ({ federation } = space);
  keys = await generateKeyPair();
  ilse = {
    ...(await federation.person('ilse8')),
    signer: await createSigner(keys.privateKey),
    credential: await credential(),
  };
});
afterAll(() => federation.close());

const seconds = (): number => Math.floor(Date.now() / 1000);

/** Of Ilse, for two registers: one of them has no agreement. */
const credential = (over: { iat?: number; exp?: number } = {}): Promise<CompactJws> =>
  signCredential(
    {
      iss: USER,
      sub: 'ilse8',
      key: keys.publicKey,
      roles: ['researcher'],
      registers: [REGISTER, OTHER],
      realm: 'test',
      iat: seconds() - 60,
      exp: seconds() + 3600,
      ...over,
    },
    federation.member(USER).signer,
  );

async function problemOf(body: string | Uint8Array<ArrayBuffer>, type = 'application/json') {
  const headers = { 'content-type': type };
  const reply = await fetch(`${federation.url()}/v1/queries`, { method: 'POST', headers, body });
  expect(reply.headers.get('content-type')).toBe('application/problem+json');
  const { status, code, errors = [] } = Problem.parse(await reply.json());
  expect(reply.status).toBe(status);
  return [status, code, errors.map(({ pointer }) => pointer)];
}

/** Signed by Ilse as the very text that is given, well formed or not. */
function signText(payload: string, over: Record<string, unknown> = {}): CompactJws {
  const header = { alg: 'EdDSA', kid: keys.kid, typ: 'revier-query+jws', ...over };
  const input = [canonicalText(header), payload].map((part) => Buffer.from(part).toString('base64url')).join('.');
  const key = createPrivateKey({ key: { ...keys.privateKey }, format: 'jwk' });
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}

const signedBy = (change?: AskOptions['change']): Promise<SignedQuery> =>
  federation.sign(ilse, change === undefined ? {} : { change });

const payloadOf = ({ query }: SignedQuery): string => unverifiedText(query);

describe('a body', () => {
  const deep = `{"query":${'['.repeat(64)}${']'.repeat(64)}}`;
  it.each<[what: string, body: string | Uint8Array<ArrayBuffer>, status: number, code: string, pointers: string[]]>([
    ['that is no JSON', 'How many people are there?', 400, 'MALFORMED_JSON', []],
    ['that is empty', '', 400, 'MALFORMED_JSON', []],
    ['that is cut off', '{"query":"a.b.c","credential":', 400, 'MALFORMED_JSON', []],
    ['that is no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 400, 'MALFORMED_JSON', []],
    ['with a key twice', '{"query":"a.b.c","query":"a.b.c","credential":"a.b.c"}', 400, 'MALFORMED_JSON', ['/query']],
    ['with a key that reaches a prototype', '{"query":{"__proto__":1}}', 400, 'MALFORMED_JSON', ['/query/__proto__']],
    ['that is nested too deeply', deep, 400, 'MALFORMED_JSON', []],
    ['that is too large', `"${'x'.repeat(256 * 1024)}"`, 413, 'BODY_TOO_LARGE', []],
    ['of another type', '[]', 400, 'INVALID_REQUEST', ['']],
    ['with a number for a text', '{"query":7,"credential":"a.b.c"}', 400, 'INVALID_REQUEST', ['/query']],
    ['without a part', '{"query":"a.b.c"}', 400, 'INVALID_REQUEST', ['/credential']],
    ['with a part too many', '{"query":"a.b.c","credential":"a.b.c","sql":"select"}', 400, 'INVALID_REQUEST', ['']],
    ['with what is no signature', '{"query":"abc","credential":"a.b.c"}', 400, 'INVALID_REQUEST', ['/query']],
  ])('%s', async (_what, body, status, code, pointers) => {
    expect(await problemOf(body)).toEqual([status, code, pointers]);
  });

  it('in another media type', async () => {
    const body = JSON.stringify(await signedBy());
    expect(await problemOf(body, 'text/plain')).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE', []]);
  });
});

describe('a question', () => {
  const where = (of: unknown): QuestionInput['aggregates'] =>
    // Built by hand, since the types allow no such question.
    JSON.parse(JSON.stringify({ people: { model: 'population/1', sum: 'persons', where: [of] } }));

  it.each<[what: string, over: Partial<QuestionInput>, code: string, pointer: string]>([
    ['about an unknown register', { register: OTHER }, 'REGISTER_UNKNOWN', '/question/register'],
    ['for an unknown purpose', { purpose: 'ehds:Curiosity' }, 'PURPOSE_UNKNOWN', '/question/purpose'],
    ['for a prohibited purpose', { purpose: 'dpv:Marketing' }, 'PURPOSE_UNKNOWN', '/question/purpose'],
    [
      'about an unknown model',
      { aggregates: { people: { model: 'happiness/1', sum: 'persons' } } },
      'MODEL_UNKNOWN',
      '/question/aggregates/people/model',
    ],
    [
      'about an unknown measure',
      { aggregates: { people: { model: 'population/1', sum: 'smiles' } } },
      'VARIABLE_UNKNOWN',
      '/question/aggregates/people/sum',
    ],
    [
      'with an unknown variable in a filter',
      { aggregates: where({ variable: 'shoeSize', in: ['44'] }) },
      'VARIABLE_UNKNOWN',
      '/question/aggregates/people/where/0/variable',
    ],
    [
      'with an unknown code',
      { aggregates: where({ variable: 'sex', in: ['Z'] }) },
      'CODE_UNKNOWN',
      '/question/aggregates/people/where/0/in/0',
    ],
    ['by an unknown variable', { by: [{ variable: 'shoeSize' }] }, 'VARIABLE_UNKNOWN', '/question/by/0'],
    [
      'at a level that nobody holds',
      { by: [{ variable: 'age', level: 'year5' }] },
      'GRAIN_UNAVAILABLE',
      '/question/by/0',
    ],
    ['by an unknown lookup', { by: [{ variable: 'area', lookup: 'wealth' }] }, 'LOOKUP_UNKNOWN', '/lookups/wealth'],
    [
      'with a rate of what it does not ask',
      { derived: { rate: { crudeRate: { events: 'ghosts', population: 'people' } } } },
      'AGGREGATE_UNKNOWN',
      '/question/derived/rate/crudeRate/events',
    ],
  ])('%s', async (_what, over, code, pointer) => {
    const signed = await federation.sign(ilse, { change: (of) => ({ ...of, question: { ...of.question, ...over } }) });
    expect((await problemOf(JSON.stringify(signed))).slice(1)).toEqual([code, [pointer]]);
  });

  it.each<[what: string, change: (envelope: Envelope) => unknown, pointer: string]>([
    ['with words of its own', (of) => ({ ...of, question: { ...of.question, sql: 'select 1' } }), '/question'],
    [
      'with a number for a register',
      (of) => ({ ...of, question: { ...of.question, register: 7 } }),
      '/question/register',
    ],
    ['without aggregates', (of) => ({ ...of, question: { ...of.question, aggregates: {} } }), '/question/aggregates'],
  ])('%s, although well signed', async (_what, change, pointer) => {
    const good = await signedBy();
    const payload = canonicalText(change(JSON.parse(payloadOf(good))));
    const body = JSON.stringify({ ...good, query: signText(payload) });
    expect(await problemOf(body)).toEqual([400, 'INVALID_REQUEST', [pointer]]);
  });
});

describe('a form that is not canonical', () => {
  const reversed = (payload: string): string =>
    JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(payload)).toReversed()));

  it.each<[what: string, change: (payload: string) => string, code: string]>([
    ['by a space', (payload) => payload.replace(',', ', '), 'NOT_CANONICAL'],
    ['by the order of keys', reversed, 'NOT_CANONICAL'],
    ['by a key twice', (payload) => payload.replace('{', '{"aud":"did:web:broker.example",'), 'NOT_CANONICAL'],
    ['by another spelling of a number', (payload) => payload.replace(/"iat":(\d+)/, '"iat":$1.0'), 'NOT_CANONICAL'],
    [
      'by the order of holders',
      (payload) =>
        payload.replace(
          '"asked":["did:web:city-a.example","did:web:city-b.example"]',
          '"asked":["did:web:city-b.example","did:web:city-a.example"]',
        ),
      'NOT_CANONICAL',
    ],
  ])('%s', async (_what, change, code) => {
    const good = await signedBy();
    const changed = change(payloadOf(good));
    expect(changed).not.toBe(payloadOf(good));
    expect((await problemOf(JSON.stringify({ ...good, query: signText(changed) }))).slice(1)).toEqual([code, []]);
  });
});

describe('a signature', () => {
  const codeFor = async (signed: SignedQuery) => (await problemOf(JSON.stringify(signed)))[1];

  it('over other bytes', async () => {
    const good = await signedBy();
    const [head, payload, signature = ''] = good.query.split('.');
    const other = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    expect(await codeFor({ ...good, query: `${head}.${payload}.${other}` })).toBe('SIGNATURE_INVALID');
  });

  it('of another kind, by another algorithm, or under another key', async () => {
    const good = await signedBy();
    const payload = payloadOf(good);
    expect(await codeFor({ ...good, query: signText(payload, { typ: 'revier-access+jws' }) })).toBe('SIGNATURE_TYPE');
    expect(await codeFor({ ...good, query: signText(payload, { alg: 'none' }) })).toBe('SIGNATURE_INVALID');
    expect(await codeFor({ ...good, query: signText(payload, { kid: 'A'.repeat(43) }) })).toBe('KEY_UNKNOWN');
    expect(await codeFor({ ...good, credential: good.query })).toBe('CREDENTIAL_INVALID');
  });

  it('that has run out, begins in the future, or lasts too long', async () => {
    const at = (iat: number, exp: number) => signedBy((of) => ({ ...of, iat: of.iat + iat, exp: of.iat + exp }));
    expect(await codeFor(await at(-1000, -500))).toBe('EXPIRED');
    expect(await codeFor(await at(500, 600))).toBe('EXPIRED');
    expect(await codeFor(await at(0, 7200))).toBe('EXPIRED');
  });

  it('with a credential that has run out', async () => {
    const old = await credential({ iat: seconds() - 2000, exp: seconds() - 1000 });
    expect(await codeFor({ ...(await signedBy()), credential: old })).toBe('CREDENTIAL_INVALID');
  });

  it('for somebody else, or from another realm', async () => {
    expect(await codeFor(await signedBy((of) => ({ ...of, aud: CITY_A })))).toBe('WRONG_AUDIENCE');
    expect(await codeFor(await signedBy((of) => ({ ...of, realm: 'production' })))).toBe('WRONG_REALM');
  });

  it('that names what was agreed with nobody', async () => {
    const unknown = await signedBy((of) => ({ ...of, agreements: [...of.agreements, hash] }));
    expect(await problemOf(JSON.stringify(unknown))).toEqual([422, 'AGREEMENT_MISSING', ['/agreements/0']]);
    const lacking = await signedBy((of) => ({ ...of, agreements: of.agreements.slice(1) }));
    expect(await problemOf(JSON.stringify(lacking))).toEqual([422, 'AGREEMENT_MISSING', ['/agreements']]);
  });
});

describe('after all that', () => {
  it('nothing was kept of it, and nobody was asked', async () => {
    const list = await federation.fetchAs(ilse, '/v1/queries');
    expect(await list.json()).toEqual({ queries: [], next: null });
    expect(await space.cityA.tasks(0)).toEqual([]);
  });

  it('a good query is answered, once, and a repeated number is told apart', async () => {
    const jti = crypto.randomUUID();
    const signed = await federation.sign(ilse, { jti });
    expect((await space.post(signed)).status).toBe(202);
    expect((await space.post(signed)).status).toBe(202);
    const other = await federation.sign(ilse, { jti, question: { ...inhabitants, by: [] } });
    expect(await problemOf(JSON.stringify(other))).toEqual([409, 'REPLAYED', []]);
    await space.finish();
    expect(await space.cityA.tasks(0)).toEqual([]);
  });

  it.each(['TABLE_NOT_AGREED', 'PURPOSE', 'VERSION_DIFFERS'] as const)(
    'what only the holder can see stands in the answer: %s',
    async (code) => {
      const queryId = await space.submit();
      await space.cityA.refuse(await one(space.cityA), code);
      const task = await one(space.cityB);
      await space.cityB.send(task, await space.cityB.release(task));
      const { state, holders } = await space.answerOf(queryId);
      const refused = holders.find(({ holder }) => holder === CITY_A);
      expect([state, refused?.status, refused?.reasons]).toEqual([
        'failed',
        'refused',
        [{ code, pointer: '/permission/0', hint: 'not for this' }],
      ]);
      const { publicKey } = federation.member(CITY_A).keys;
      const receipt = await verifyCompact(refused?.receipt ?? '', 'revier-receipt+jws', Receipt, () => publicKey);
      expect(receipt).toMatchObject({ decision: 'refused', reasons: refused?.reasons });
    },
  );
});
