/** The clients against a server that answers well, badly or not at all. */
import { catalogueOf, contentHash, digest } from '@revier/core';
import {
  builtInCodeLists,
  builtInModels,
  builtInStandards,
  problemOf,
  purposes,
  type QueryState,
} from '@revier/schema';
import { calculateJwkThumbprint, decodeJwt, jwtVerify } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyAccess } from '../signatures/access.ts';
import { BROKER, NOW, type Researcher, researcher, signedQuery, type World, world } from '../signatures/actors.case.ts';
import { signDocument } from '../signatures/documents.ts';
import { generateKeyPair } from '../signatures/keys.ts';
import { proofKeysOf, thumbprintOf } from '../signatures/proof.ts';
import { authorizePerson } from './authorize-person.ts';
import { createBrokerClient } from './broker-client.ts';
import { createDataspaceClient } from './dataspace-client.ts';
import { loadVocabulary } from './load-vocabulary.ts';
import { problem, startTestBroker, type TestBroker } from './test-broker.case.ts';

let w: World;
let erika: Researcher;
let broker: TestBroker;
beforeAll(async () => {
  w = await world();
  erika = await researcher(w.university);
});
beforeEach(async () => {
  broker = await startTestBroker(() => problem('NOT_FOUND'));
});
afterEach(() => broker.close());

const keys = await proofKeysOf((await generateKeyPair()).privateKey);
const QUERY = '7f0e0a3e-9a1c-4d0e-8a53-0a9c5e1f2b3d';
const TASK = '0b0d1c1e-0000-4000-8000-000000000001';
const state: QueryState = {
  queryId: QUERY,
  submissionId: `sha256:${'b'.repeat(64)}`,
  state: 'running',
  progress: { tasks: 2, answered: 1, refused: 0, waiting: 1 },
  deadline: '2026-03-01T13:00:00Z',
};
const node = (timeoutMs = 5000, clock = () => NOW) =>
  createBrokerClient({
    baseUrl: `${broker.url}/`,
    timeoutMs,
    clock,
    identity: { signer: w.holder.signer, iss: w.holder.id, aud: BROKER, realm: 'test' },
  });
const person = (timeoutMs = 5000) => createDataspaceClient({ baseUrl: broker.url, timeoutMs });
const TOKEN = 'a-token.of-the.provider';
const known = () =>
  createDataspaceClient({
    baseUrl: broker.url,
    authorize: authorizePerson({
      accessToken: async () => TOKEN,
      keys,
      credential: erika.credential,
      clock: () => NOW,
    }),
  });
const last = () => broker.received.at(-1);
const bearer = (place = -1) => broker.received.at(place)?.headers.authorization?.replace('Bearer ', '') ?? '';

describe('what everybody may read', () => {
  it('is the trust list, registers and purposes', async () => {
    broker.answering = ({ path }) => {
      if (path === '/v1/trust-list') return { json: w.signedList };
      if (path === '/v1/registers') return { json: { registers: [] } };
      return path === '/v1/purposes' ? { json: { purposes } } : problem('NOT_FOUND');
    };
    expect(await person().trustList()).toEqual(w.signedList);
    expect(await person().registers()).toEqual([]);
    expect(await person().purposes()).toEqual(purposes);
    expect(await node().trustList()).toEqual(w.signedList);
    expect(broker.received.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it('is every page of a list', async () => {
    const register = (name: string) => ({
      id: `urn:revier:register:${name}`,
      realm: 'test',
      title: { de: name, en: name },
      purpose: 'ehds:PublicHealthSurveillance',
      dataUser: 'did:web:university.example',
      expires: '2030-01-01T00:00:00Z',
      agreements: [],
    });
    broker.answering = ({ path }) =>
      path === '/v1/registers'
        ? { json: { registers: [register('a'), register('b')], next: 'Yg' } }
        : { json: { registers: [register('c')], next: null } };
    expect((await person().registers()).map(({ title }) => title.en)).toEqual(['a', 'b', 'c']);
    expect(last()?.path).toBe('/v1/registers?cursor=Yg');
  });

  it('is a catalogue only under its own hash', async () => {
    const catalogue = catalogueOf('test', 3, builtInCodeLists);
    const hash = contentHash(catalogue);
    const wrong = contentHash({ ...catalogue, version: 2 });
    broker.answering = () => ({ json: { hash, catalogue } });
    expect((await person().catalogue()).catalogue).toEqual(catalogue);
    expect((await person().catalogue(hash)).hash).toBe(hash);
    expect(last()?.path).toBe(`/v1/catalogue/${hash}`);
    await expect(person().catalogue(wrong)).rejects.toMatchObject({ fault: 'unexpected-answer' });
    broker.answering = () => ({ json: { hash: wrong, catalogue } });
    await expect(person().catalogue()).rejects.toMatchObject({ fault: 'unexpected-answer' });
  });
});

describe('the vocabulary', () => {
  const [list] = builtInCodeLists;
  if (list === undefined) throw new Error('Revier ships with code lists.');
  /** What does not ship with Revier has to be fetched. */
  const documents = ['colour/1', 'shape/1', 'taste/1'].map((id) => ({ ...list, id }));
  const shipped = [...builtInCodeLists, ...builtInModels, ...builtInStandards];
  const catalogue = catalogueOf('test', 1, [...shipped, ...documents]);
  const signed = () =>
    Promise.all(
      documents.map(
        async (document) => [contentHash(document), await signDocument(document, w.holder.signer)] as const,
      ),
    );

  async function serve(change: (all: Map<string, string>) => void = () => undefined) {
    const all = new Map<string, string>(await signed());
    change(all);
    broker.answering = ({ path }) => {
      if (path.startsWith('/v1/catalogue')) return { json: { hash: contentHash(catalogue), catalogue } };
      const document = all.get(path.replace('/v1/documents/', ''));
      return document === undefined ? problem('NOT_FOUND') : { json: { document } };
    };
  }
  const load = (more = {}) => loadVocabulary(person(), { trust: w.trust, now: NOW, ...more });
  const hashes = documents.map((document) => contentHash(document));

  it('is loaded whole, each document once, and none that ships with Revier', async () => {
    await serve();
    const vocabulary = await load();
    expect(vocabulary.hash).toBe(contentHash(catalogue));
    expect(vocabulary.codeList('sex/1')).toBeDefined();
    expect(vocabulary.codeList('taste/1')).toBeDefined();
    expect(broker.received).toHaveLength(1 + documents.length);
  });

  it('asks for nothing that is known already', async () => {
    await serve();
    await load({ known: new Map(documents.map((document) => [contentHash(document), document])) });
    expect(broker.received).toHaveLength(1);
  });

  it('is refused when a document is swapped for another one, however well signed', async () => {
    const [one = '', two = ''] = hashes;
    await serve((all) => all.set(one, all.get(two) ?? ''));
    await expect(load()).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
  });

  it('is refused when a document is missing', async () => {
    await serve((all) => all.delete(hashes[0] ?? ''));
    await expect(load()).rejects.toMatchObject({ name: 'ProblemError', code: 'NOT_FOUND' });
  });
});

describe('asking', () => {
  it('gives the state at once, or the answer after waiting', async () => {
    broker.answering = () => ({ status: 202, headers: { location: `/v1/queries/${QUERY}` }, json: state });
    const query = await signedQuery(erika);
    const idempotencyKey = 'key 1';
    expect(await person().submit(query, { waitSeconds: 20, idempotencyKey })).toEqual({ kind: 'state', state });
    expect(last()).toMatchObject({
      method: 'POST',
      path: '/v1/queries',
      headers: { prefer: 'wait=20', 'idempotency-key': idempotencyKey, 'content-type': 'application/json' },
    });
    expect(JSON.parse(String(last()?.body))).toEqual(query);
    await person().submit(query);
    expect(last()?.headers.prefer).toBeUndefined();
  });

  it('takes no answer that does not fit', async () => {
    for (const given of [{ json: { queryId: QUERY } }, { body: '{' }, { body: Uint8Array.of(0xff) }, { status: 204 }]) {
      broker.answering = () => given;
      await expect(person().submit(await signedQuery(erika))).rejects.toMatchObject({ fault: 'unexpected-answer' });
    }
  });

  it('shows its identity for what is its own, and keeps the answer in other formats as they are', async () => {
    broker.answering = ({ headers }) =>
      headers.accept === 'text/csv'
        ? { headers: { 'content-type': 'text/csv' }, body: 'a;b\r\nä;1\r\n' }
        : { json: state };
    expect(await known().queryState(QUERY)).toEqual(state);
    const shown = last()?.headers;
    expect(shown).toMatchObject({ authorization: `DPoP ${TOKEN}`, 'revier-credential': erika.credential });
    const proof = await jwtVerify(String(shown?.dpop), keys.publicKey, { typ: 'dpop+jwt', currentDate: NOW });
    expect(proof.payload).toMatchObject({ htm: 'GET', htu: `${broker.url}/v1/queries/${QUERY}` });
    expect(await calculateJwkThumbprint(proof.protectedHeader.jwk ?? {})).toBe(await thumbprintOf(keys));
    const first = proof.payload.jti;
    await known().queryState(QUERY);
    expect(decodeJwt(String(last()?.headers.dpop)).jti).not.toBe(first);
    expect(await known().answerAs(QUERY, 'csv')).toBe('a;b\r\nä;1\r\n');
    expect(last()?.path).toBe(`/v1/queries/${QUERY}/answer`);
  });

  it('keeps strange identifiers inside their place in the address', async () => {
    broker.answering = () => ({ json: state });
    await known().queryState('../node/tasks?wait=1');
    expect(last()?.path).toBe('/v1/queries/..%2Fnode%2Ftasks%3Fwait%3D1');
  });
});

describe('a node', () => {
  it('waits for tasks with a token of its own', async () => {
    const task = await w.broker.signer.sign('revier-task+jws', {});
    const sent = { task, query: (await signedQuery(erika)).query };
    broker.answering = () => ({ json: { tasks: [sent] } });
    expect(await node().pollTasks(30)).toEqual([sent]);
    expect(last()?.path).toBe('/v1/node/tasks?wait=30');
    const caller = await verifyAccess(bearer(), { trust: w.trust, audience: BROKER, realm: 'test', now: NOW });
    expect(caller).toMatchObject({ participant: { id: w.holder.id } });
    await node().pollTasks(1e9);
    expect(last()?.path).toBe('/v1/node/tasks?wait=60');
  });

  it('uses a token for four minutes and then makes another', async () => {
    broker.answering = () => ({ json: { tasks: [] } });
    let now = NOW.getTime();
    const client = node(5000, () => new Date(now));
    for (const seconds of [0, 239, 1, 0, -1000]) {
      now += seconds * 1000;
      await client.pollTasks(0);
    }
    const [a, b, c, d, e] = broker.received.map(({ headers }) => headers.authorization);
    expect([a === b, b === c, c === d, d === e]).toEqual([true, false, true, false]);
  });

  it('delivers receipts, releases, offers and documents', async () => {
    broker.answering = ({ path }) =>
      path === '/v1/node/offer' ? { json: { catalogue: state.submissionId } } : { status: 204 };
    const jws = await w.holder.signer.sign('revier-receipt+jws', {});
    await node().sendReceipt(TASK, jws);
    expect(last()).toMatchObject({ method: 'POST', path: `/v1/node/tasks/${TASK}/receipt` });
    expect(JSON.parse(String(last()?.body))).toEqual({ receipt: jws });
    const body = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
    const shared = new Uint8Array(new SharedArrayBuffer(body.length));
    shared.set(body);
    for (const bytes of [body, new Uint8Array([0, ...body, 0]).subarray(1, -1), shared]) {
      await node().sendRelease(TASK, jws, bytes);
      expect(last()).toMatchObject({ method: 'PUT', path: `/v1/node/tasks/${TASK}/release` });
      expect(last()?.headers).toMatchObject({ 'revier-release': jws, 'content-type': 'application/cbor' });
      expect(Buffer.compare(last()?.body ?? Buffer.alloc(0), body)).toBe(0);
    }
    expect(await node().publish(jws, [w.signedList])).toBe(state.submissionId);
    expect(JSON.parse(String(last()?.body))).toEqual({ description: jws, agreements: [w.signedList] });
    await node().publishDocuments([jws]);
    expect(last()).toMatchObject({ method: 'PUT', path: '/v1/node/documents' });
  });

  it('takes a body only under its own hash', async () => {
    const body = Uint8Array.of(1, 2, 3);
    broker.answering = () => ({ headers: { 'content-type': 'application/cbor' }, body });
    expect([...(await node().fetchBody(digest(body)))]).toEqual([1, 2, 3]);
    await expect(node().fetchBody(digest(Uint8Array.of(1)))).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
  });
});

describe('what goes wrong', () => {
  it('arrives as the problem that was sent, with the time to wait', async () => {
    broker.answering = () => problem('BROKER_BUSY', { 'retry-after': '7' });
    await expect(person().registers()).rejects.toMatchObject({
      name: 'ProblemError',
      code: 'BROKER_BUSY',
      status: 503,
      retryAfter: 7,
      problem: problemOf('BROKER_BUSY'),
    });
  });

  it('may be a problem of a newer service', async () => {
    const json = { ...problemOf('NOT_FOUND'), code: 'FROM_THE_FUTURE' };
    broker.answering = () => ({ status: 404, headers: { 'content-type': 'application/problem+json' }, json });
    await expect(person().registers()).rejects.toMatchObject({ name: 'ProblemError', code: undefined, status: 404 });
  });

  it('is no problem when it contradicts its own status, or comes as HTML', async () => {
    broker.answering = () => ({ ...problem('NOT_FOUND'), status: 500 });
    await expect(person().registers()).rejects.toMatchObject({ fault: 'unexpected-answer' });
    broker.answering = () => ({ status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad gateway</h1>' });
    await expect(person().registers()).rejects.toMatchObject({ fault: 'unexpected-answer' });
  });

  it('is not made worse by following redirects with a token', async () => {
    broker.answering = ({ path }) =>
      path.startsWith('/v1') ? { status: 307, headers: { location: '/elsewhere' } } : { json: { tasks: [] } };
    await expect(node().pollTasks(0)).rejects.toMatchObject({ name: 'ConnectionError' });
    expect(broker.received).toHaveLength(1);
  });

  it('is a broker that is not there', async () => {
    await broker.close();
    await expect(person().registers()).rejects.toMatchObject({ fault: 'unreachable' });
  });

  it('is a broker that says nothing, or stops in the middle', async () => {
    broker.answering = () => new Promise(() => undefined);
    await expect(person(100).registers()).rejects.toMatchObject({ fault: 'timeout' });
    broker.answering = () => ({ headers: { 'content-length': '1000' }, body: '{' });
    await expect(person(200).registers()).rejects.toMatchObject({ name: 'ConnectionError' });
  });

  it('is not mistaken for the caller giving up, which also reaches the broker', async () => {
    const stop = new AbortController();
    const gone = new Promise<boolean>((resolve) => {
      broker.answering = (_request, closed) => {
        closed.addEventListener('abort', () => resolve(true));
        setTimeout(() => stop.abort(), 20);
        return new Promise(() => undefined);
      };
    });
    await expect(node().pollTasks(30, stop.signal)).rejects.toHaveProperty('name', 'AbortError');
    expect(await gone).toBe(true);
  });
});
