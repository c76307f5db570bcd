/** Every operation against the committed description: generated requests, good and bad, and no reply outside it. */
import {
  type Authorize,
  accessToken,
  cosign,
  generateKeyPair,
  hashOfSecret,
  makeInvitation,
  originOf,
  parseNote,
  readInvitation,
  type Signer,
  signCheckpoint,
  signEnrolment,
  signGeneral,
  withoutParticipant,
} from '@revier/connector-sdk';
import { contentHash, unverified } from '@revier/core';
import { TrustList, TrustView } from '@revier/schema';
import { deprivation } from '@revier/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { almost, arbitraryOf } from './testing/arbitrary-of.case.ts';
import { type Operation, type Reply, readContract } from './testing/contract.case.ts';
import { BROKER, REGISTER, USER } from './testing/data-space.case.ts';
import { CITY_A, CITY_B, one, startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

const contract = readContract(new URL('../../../docs/openapi/broker.json', import.meta.url));
const RUNS = 5_000;
/** Two cities have one stage, and answer each for itself: success with these is shown where whole queries are played. */
const needsOthers = ['GET /v1/node/bodies/{hash}', 'POST /v1/node/tasks/{taskId}/opening'];

let space: TwoCities;
let pool: Pool;

beforeAll(async () => {
  const plenty = 1_000_000;
  space = await startTwoCities({
    queriesPerMinute: plenty,
    readsPerMinute: plenty,
    nodeCallsPerMinute: plenty,
    enrolmentsPerMinute: plenty,
    trustPerMinute: plenty,
    unfinishedQueries: 1_000,
  });
  pool = await poolOf(space);
}, 120_000);
afterAll(() => space.federation.close());

/** Values that mean something to this broker, so that requests come through the door. */
interface Pool {
  /** By the name of the parameter, header or body that they can stand for. */
  readonly values: Readonly<Record<string, readonly unknown[]>>;
  readonly tokens: readonly Authorize[];
  readonly release: Buffer;
}

async function poolOf({ federation, cityA, erika, max, submit, finish }: TwoCities): Promise<Pool> {
  const answered = await submit();
  await finish();
  const cancelled = await submit();
  await federation.fetchAs(erika, `/v1/queries/${answered}/answer`, { headers: { prefer: 'wait=30' } });
  await federation.fetchAs(erika, `/v1/queries/${cancelled}`, { method: 'DELETE' });
  const bearer =
    (token: string): Authorize =>
    async () => ({ authorization: `Bearer ${token}` });
  const open = await submit(600);
  const task = await one(cityA);
  const { header, body } = await cityA.release(task);
  const { signer } = federation.member(CITY_A);
  const { hash, catalogue } = await federation.asPerson(erika).catalogue();
  const receipt = { decision: 'refused', reasons: [{ code: 'PURPOSE', pointer: '/permission/0', hint: 'no' }] };
  const { taskId, submissionId, iss, aud, realm, iat } = header;
  const said = { taskId, submissionId, iss, aud, realm, iat, attempt: 1 };
  const receipts = [await signer.sign('revier-receipt+jws', { ...said, ...receipt }), 'a.b.c'];
  const [dataset] = Object.entries(catalogue.datasets).filter(([id]) => id.includes('city-a'));
  const description = await federation.asPerson(erika).document(dataset?.[1] ?? hash);
  const document = await signer.sign('revier-document+jws', deprivation);
  return {
    values: {
      queryId: [answered, cancelled, open, await dryRunOf(federation, erika)],
      taskId: [taskId],
      hash: [hash, contentHash(deprivation), header.body],
      wait: [0],
      'revier-release': [await signer.sign('revier-release+jws', header)],
      'last-event-id': ['complete-2-0', 'accepted-0-0'],
      'POST /v1/queries': await Promise.all([1, 2, 3, 4].map(() => federation.sign(erika, { seconds: 600 }))),
      'POST /v1/node/tasks/{taskId}/receipt': receipts.map((one) => ({ receipt: one })),
      'PUT /v1/node/offer': [{ description, agreements: [federation.agreements.get(dataset?.[0] ?? '')?.jws] }],
      'PUT /v1/node/documents': [{ documents: [document] }],
      version: [1],
      ...(await trustValues(federation)),
      ...(await logValues(federation)),
    },
    tokens: [
      erika.authorize,
      max.authorize,
      bearer(await accessToken({ signer, iss: CITY_A, aud: BROKER, realm: 'test', now: new Date() })),
      bearer('a.b.c'),
      async () => ({}),
      bearer(await operatorToken(federation)),
    ],
    release: Buffer.from(body),
  };
}

async function operatorToken({ member }: TwoCities['federation']): Promise<string> {
  const { signer } = member(BROKER);
  return accessToken({ signer, iss: BROKER, aud: BROKER, realm: 'test', now: new Date() });
}

/** The list in force, a draft of the next one with a signature, and people who ask to stand in it. */
async function trustValues(federation: TwoCities['federation']): Promise<Record<string, readonly unknown[]>> {
  const view = TrustView.parse(await (await fetch(`${federation.url()}/v1/trust`)).json());
  const list = TrustList.parse(unverified(view.trustList));
  const draft = withoutParticipant(list, 'did:web:city-b.example', { now: new Date() });
  const signed = await signGeneral('revier-trust-list+jws', draft, [federation.member(BROKER).keys.privateKey]);
  const enrolments = Array.from({ length: 4 }, async () => {
    const { secret } = readInvitation(makeInvitation(list).code);
    const headers = { authorization: `Bearer ${await operatorToken(federation)}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ code: hashOfSecret(secret) });
    await fetch(`${federation.url()}/v1/operator/invitations`, { method: 'POST', headers, body });
    const enrolment = await signEnrolment({
      ...{ id: 'did:web:ninth.example', name: 'Ninth', roles: ['data-holder'], aud: BROKER, realm: 'test' },
      code: hashOfSecret(secret),
      privateKey: (await generateKeyPair()).privateKey,
      now: new Date(),
    });
    return { secret, enrolment };
  });
  return {
    'PUT /v1/trust': [view],
    'POST /v1/enrolments': await Promise.all(enrolments),
    'POST /v1/operator/invitations': [{ code: contentHash('a') }],
    'PUT /v1/operator/draft': [{ list: draft }],
    'POST /v1/trust/draft/signatures': [{ signed }],
  };
}

/** One's own log at its beginning, and a word on that of the neighbour, which hangs there already. */
async function logValues({ member, url }: TwoCities['federation']): Promise<Pool['values']> {
  const beginning = (id: string) => {
    const checkpoint = { origin: originOf(id, 'test'), size: 1, hash: Buffer.alloc(32, 1) };
    return { note: signCheckpoint(checkpoint, member(id).signer), from: 0, proof: [] };
  };
  const theirs = beginning(CITY_B);
  const token = await accessToken({
    signer: member(CITY_B).signer,
    iss: CITY_B,
    aud: BROKER,
    realm: 'test',
    now: new Date(),
  });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  await fetch(`${url()}/v1/node/checkpoint`, { method: 'PUT', headers, body: JSON.stringify(theirs) });
  const seconds = Math.floor(Date.now() / 1000);
  const witness = { name: originOf(CITY_A, 'test'), signer: member(CITY_A).signer, seconds };
  const line = cosign(parseNote(theirs.note).text, witness);
  return {
    'PUT /v1/node/checkpoint': [beginning(CITY_A)],
    'PUT /v1/node/cosignature': [{ origin: originOf(CITY_B, 'test'), size: 1, line }],
    'POST /v1/letters': [{ to: USER, letter: await statusOf(member(CITY_A).signer) }],
    'PUT /v1/node/statuses': [{ statuses: [await statusOf(member(CITY_A).signer)] }],
    after: [0, 1],
    register: [REGISTER],
    'PUT /v1/node/withdrawal': [{ withdrawal: await withdrawalOf(member(CITY_A).signer) }],
  };
}

/** Nobody assesses it, so that it has come to its result when its time is over. */
async function dryRunOf(federation: TwoCities['federation'], erika: TwoCities['erika']): Promise<string> {
  const query = await federation.sign(erika, { seconds: 1, change: (envelope) => ({ ...envelope, dryRun: true }) });
  const submitted = await federation.asPerson(erika).submit(query);
  if (submitted.kind !== 'state') throw new Error('A result before anybody was asked.');
  const { queryId } = submitted.state;
  await federation.fetchAs(erika, `/v1/queries/${queryId}/dry-run`, { headers: { prefer: 'wait=10' } });
  return queryId;
}

const withdrawalOf = (signer: Signer) =>
  signer.sign('revier-withdrawal+jws', {
    ...{ kind: 'withdrawal', iss: CITY_A, aud: BROKER, realm: 'test', reason: 'contract', iat: 1 },
    releases: [{ submission: `sha256:${'0'.repeat(64)}`, dataset: 'urn:revier:dataset:any' }],
  });

const statusOf = (signer: Signer) =>
  signer.sign('revier-status+jws', {
    ...{ kind: 'agreement-status', agreement: `sha256:${'0'.repeat(64)}`, seq: 1, status: 'ACTIVE', by: CITY_A },
    ...{ realm: 'test', at: '2026-01-01T00:00:00Z' },
  });

interface Generated {
  readonly operation: Operation;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Proofs are made when the request leaves: each is good for once. */
  readonly authorize: Authorize | undefined;
  readonly body: string | Buffer | undefined;
}

/** What the parameter takes, what it does not, and what means something here. */
function parameterOf({ name, schema }: Operation['parameters'][number]): fc.Arbitrary<string | undefined> {
  const meant = (pool.values[name] ?? []).map((value) => ({ weight: 4, arbitrary: fc.constant(String(value)) }));
  // To wait for a minute proves nothing more.
  const fitting = name === 'wait' ? fc.constant('0') : arbitraryOf(schema, contract.schemas).map(String);
  const odd = fc.string({ maxLength: 30 }).filter((text) => name !== 'wait' || !/^\s*\d*\s*$/.test(text));
  return fc.oneof({ weight: 3, arbitrary: fitting }, odd, fc.constant(undefined), ...meant);
}

/** Header values are one line of visible characters; anything else never leaves a client. */
const asHeader = (value: string): string => value.replace(/[^\x21-\x7e]/g, '').replace(/wait/gi, '');

function bodyOf(operation: Operation): fc.Arbitrary<{ type: string; body: string | Buffer | undefined }> {
  const [[type = '', media] = []] = Object.entries(operation.requestBody?.content ?? {});
  if (media === undefined) return fc.constant({ type: '', body: undefined });
  if (type === 'application/cbor') {
    const bytes = fc.oneof(
      fc.constant(pool.release),
      fc.uint8Array({ maxLength: 64 }).map((some) => Buffer.from(some)),
    );
    return fc.record({ type: fc.constantFrom(type, type, 'application/json', ''), body: bytes });
  }
  const meant = (pool.values[operation.name] ?? []).map((value) => fc.constant(value));
  const fitting = fc.oneof(arbitraryOf(media.schema, contract.schemas), ...meant, ...meant);
  const values = fc.oneof({ weight: 2, arbitrary: fitting }, fitting.chain(almost));
  const text = values.map((value) => JSON.stringify(value));
  const broken = fc.tuple(text, fc.nat()).map(([whole, at]) => whole.slice(0, at % (whole.length + 1)));
  const body = fc.oneof({ weight: 4, arbitrary: text }, broken, fc.string());
  return fc.record({ type: fc.constantFrom(type, type, type, type, 'text/plain', ''), body });
}

const someone = (operation: Operation): fc.Arbitrary<Authorize | undefined> => {
  const [person, , node, , , operator] = pool.tokens;
  const isForOperators = /^\/v1\/(operator|trust)\//.test(operation.path);
  const meant = isForOperators ? operator : /^\/v1\/(node\/|letters)/.test(operation.path) ? node : person;
  return fc.oneof({ weight: 4, arbitrary: fc.constant(meant) }, fc.constantFrom(...pool.tokens));
};

function requestOf(operation: Operation): fc.Arbitrary<Generated> {
  const parameters = fc.tuple(
    ...operation.parameters.map((one) => parameterOf(one).map((value) => ({ ...one, value }))),
  );
  const accept = fc.constantFrom(
    '*/*',
    'application/json',
    'text/csv',
    'application/vnd.json-stat+json',
    'image/png',
    '',
  );
  const all = fc.record({ parameters, accept, token: someone(operation), sent: bodyOf(operation) });
  return all.map(({ parameters: given, accept, token, sent }) => {
    const search = new URLSearchParams();
    const headers: Record<string, string> = { ...(accept === '' ? {} : { accept }) };
    let path = operation.path;
    for (const { in: place, name, value } of given) {
      if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(value ?? 'none') || 'none');
      else if (value === undefined) continue;
      else if (place === 'query') search.append(name, value);
      else if (asHeader(value) !== '') headers[name] = asHeader(value);
    }
    if (sent.type !== '') headers['content-type'] = sent.type;
    const url = `${path}${search.size === 0 ? '' : `?${search}`}`;
    return { operation, url, headers, authorize: token, body: sent.body };
  });
}

/** Only the beginning of what goes on until its query has ended. */
async function ask({ operation, url, headers, authorize, body }: Generated): Promise<Reply> {
  const cut = new AbortController();
  const { method } = operation;
  const shown = await authorize?.({ method, url: `${space.federation.url()}${url}` });
  const init: RequestInit = { method, headers: { ...headers, ...shown }, signal: cut.signal };
  if (body !== undefined) init.body = typeof body === 'string' ? body : new Uint8Array(body);
  const response = await fetch(`${space.federation.url()}${url}`, init);
  const type = response.headers.get('content-type');
  if (type !== 'text/event-stream') return { status: response.status, type, body: await response.text() };
  cut.abort();
  return { status: response.status, type, body: '' };
}

describe('the interface', () => {
  it(`keeps to its description in ${RUNS} generated requests`, { timeout: 300_000 }, async () => {
    const seen = new Map(contract.operations.map(({ name }) => [name, new Map<number, number>()]));
    const requests = fc.oneof(...contract.operations.map(requestOf));
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const reply = await ask(request);
        const counts = seen.get(request.operation.name);
        counts?.set(reply.status, (counts.get(reply.status) ?? 0) + 1);
        expect(contract.breach(request.operation, reply)).toBeUndefined();
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 280_000, markInterruptAsFailure: true },
    );
    // Else it would prove nothing: every operation has been heard to succeed, and most to refuse.
    const heard = (is: (status: number) => boolean) =>
      [...seen].flatMap(([name, counts]) => ([...counts.keys()].some(is) ? [name] : []));
    const others = [...seen.keys()].filter((name) => !needsOthers.includes(name));
    expect(heard((status) => status < 400)).toEqual(expect.arrayContaining(others));
    expect(heard((status) => status >= 400).length).toBeGreaterThan(seen.size / 2);
  });
});
