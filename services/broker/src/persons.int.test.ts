/** Persons and whoever carries their queries: who may read what, what may be repeated, what is refused at once. */
import { accessToken } from '@revier/connector-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROKER, type Federation } from './testing/data-space.case.ts';
import { CITY_A, codeOf, inhabitants as question, startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

let space: TwoCities;
let federation: TwoCities['federation'];
let erika: TwoCities['erika'];
let max: TwoCities['max'];
let cityA: TwoCities['cityA'];
let cityB: TwoCities['cityB'];
let submit: TwoCities['submit'];
let finish: TwoCities['finish'];
let answerOf: TwoCities['answerOf'];
let post: TwoCities['post'];

beforeAll(async () => {
  space = await startTwoCities();
  ({ federation, erika, max, cityA, cityB, submit, finish, answerOf, post } = space);
});

afterAll(() => space.federation.close());

describe('whoever carries a query', () => {
  it('cannot read its answer by sending it again: every node that is asked has seen the bytes', async () => {
    const signed = await federation.sign(erika);
    const first = post(signed, { prefer: 'wait=20', 'idempotency-key': 'erika-only' });
    await finish();
    expect((await first).status).toBe(200);
    expect((await post(signed, { prefer: 'wait=20' })).status).toBe(202);
    expect((await post(signed, { prefer: 'wait=20', 'idempotency-key': 'guess' })).status).toBe(202);
    expect((await post(signed, { prefer: 'wait=20', 'idempotency-key': 'erika-only' })).status).toBe(200);
  });

  it('is sent away before a large body is read', async () => {
    const body = new Uint8Array(32 * 1024 * 1024);
    const url = `${federation.url()}/v1/node/tasks/7f0e0a3e-9a1c-4d0e-8a53-0a9c5e1f2b3d/release`;
    const headers = { 'content-type': 'application/cbor' };
    const status = fetch(url, { method: 'PUT', headers, body }).then((response) => response.status);
    // The door may be shut in the middle of the sending.
    expect([401, 'shut']).toContain(await status.catch(() => 'shut'));
  });
});

describe('a person', () => {
  it('reads their own queries, and nobody else’s', async () => {
    const queryId = await submit();
    await finish();
    await answerOf(queryId);
    const other = federation.asPerson(max);
    expect(await codeOf(other.queryState(queryId))).toBe('NOT_FOUND');
    expect(await codeOf(other.answer(queryId))).toBe('NOT_FOUND');
    expect(await codeOf(other.answerAs(queryId, 'csv'))).toBe('NOT_FOUND');
    expect(await codeOf(other.proof(queryId))).toBe('NOT_FOUND');
    const anonymous = await fetch(`${federation.url()}/v1/queries/${queryId}/answer`);
    expect(anonymous.status).toBe(401);
    for (const path of ['', '/answer', '/answer.csv-metadata.json', '/result'])
      expect((await fetch(`${federation.url()}/v1/queries/${queryId}${path}`, await as(CITY_A))).status).toBe(401);
  });

  async function as(id: string): Promise<RequestInit> {
    const { signer } = federation.member(id);
    const token = await accessToken({ signer, iss: id, aud: BROKER, realm: 'test', now: new Date() });
    return { headers: { authorization: `Bearer ${token}` } };
  }

  it('gets the same query again for the same bytes, with or without a key', async () => {
    const signed = await federation.sign(erika);
    const client = federation.asPerson(erika);
    const first = await client.submit(signed, { idempotencyKey: 'once' });
    const again = await client.submit(signed, { idempotencyKey: 'once' });
    const bare = await client.submit(signed);
    expect([again, bare]).toEqual([first, first]);
    await finish();
    expect(await cityA.tasks(0)).toEqual([]);
  });

  it('may check the answer by the ticket of the submission alone, which no node has seen', async () => {
    const signed = await federation.sign(erika);
    const client = federation.asPerson(erika);
    await client.submit(signed, { idempotencyKey: 'ticket' });
    await finish();
    const again = await client.submitForProof(signed, { idempotencyKey: 'ticket', waitSeconds: 10 });
    expect(again.kind === 'proof' && Object.keys(again.proof.bodies).length).toBeGreaterThan(0);
    const bare = await client.submitForProof(signed, { waitSeconds: 1 });
    expect(bare.kind).toBe('state');
  });

  it('makes one query when the same bytes come many times at once', async () => {
    const signed = await federation.sign(erika);
    const replies = await Promise.all(Array.from({ length: 5 }, () => post(signed, { 'idempotency-key': 'many' })));
    expect(replies.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    expect(new Set(replies.map(({ headers }) => headers.get('location'))).size).toBe(1);
    await finish();
  });

  it('cannot use a key, or a jti, for another query', async () => {
    const jti = crypto.randomUUID();
    const client = federation.asPerson(erika);
    await client.submit(await federation.sign(erika, { jti }), { idempotencyKey: 'mine' });
    const other = { ...question, by: [] };
    expect(await codeOf(client.submit(await federation.sign(erika, { jti, question: other })))).toBe('REPLAYED');
    const fresh = await federation.sign(erika, { question: other });
    expect(await codeOf(client.submit(fresh, { idempotencyKey: 'mine' }))).toBe('IDEMPOTENCY_CONFLICT');
    await finish();
  });

  it('shares keys and jti with nobody', async () => {
    const jti = crypto.randomUUID();
    await federation.asPerson(erika).submit(await federation.sign(erika, { jti }), { idempotencyKey: 'shared' });
    const own = await federation
      .asPerson(max)
      .submit(await federation.sign(max, { jti }), { idempotencyKey: 'shared' });
    expect(own.kind).toBe('state');
    const tasks = [...(await cityA.tasks()), ...(await cityB.tasks())];
    expect(tasks).toHaveLength(4);
    for (const task of tasks) {
      const node = task.task.aud === CITY_A ? cityA : cityB;
      await node.send(task, await node.release(task));
    }
  });

  const hash = `sha256:${'0'.repeat(64)}`;
  type Change = NonNullable<Parameters<Federation['sign']>[1]>['change'];
  it.each<[what: string, code: string, change: Change]>([
    ['an unknown catalogue', 'CATALOGUE_UNKNOWN', (of) => ({ ...of, catalogue: hash })],
    ['another version of a lookup', 'LOOKUP_UNKNOWN', (of) => ({ ...of, lookups: { 'deprivation-2': hash } })],
    ['no version of a lookup', 'LOOKUP_UNKNOWN', (of) => ({ ...of, lookups: {} })],
    ['an agreement that nobody made', 'AGREEMENT_MISSING', (of) => ({ ...of, agreements: [...of.agreements, hash] })],
    ['a holder without its agreement', 'AGREEMENT_MISSING', (of) => ({ ...of, agreements: of.agreements.slice(1) })],
    ['no agreement', 'AGREEMENT_MISSING', (of) => ({ ...of, agreements: [] })],
    ['another audience', 'WRONG_AUDIENCE', (of) => ({ ...of, aud: CITY_A })],
    ['another realm', 'WRONG_REALM', (of) => ({ ...of, realm: 'production' })],
    ['a time that is over', 'EXPIRED', (of) => ({ ...of, iat: of.iat - 1000, exp: of.iat - 500 })],
    ['another person', 'CREDENTIAL_INVALID', (of) => ({ ...of, iss: 'max4' })],
    [
      'a register that the credential does not name',
      'CREDENTIAL_INVALID',
      (of) => ({ ...of, question: { ...of.question, register: 'urn:revier:register:other' } }),
    ],
    [
      'more holders than there are',
      'INVALID_REQUEST',
      (of) => ({ ...of, question: { ...of.question, holders: { ...of.question.holders, least: 3 } } }),
    ],
    [
      'a prohibited purpose',
      'PURPOSE_UNKNOWN',
      (of) => ({ ...of, question: { ...of.question, purpose: 'dpv:Marketing' } }),
    ],
  ])('is told at once when the query names %s', async (_what, code, change) => {
    const signed = await federation.sign(erika, change === undefined ? {} : { change });
    expect(await codeOf(federation.asPerson(erika).submit(signed))).toBe(code);
  });

  it('cannot be impersonated by whoever carries the query', async () => {
    const { query } = await federation.sign(erika);
    const { credential } = await federation.sign(max);
    expect(await codeOf(federation.asPerson(erika).submit({ query, credential }))).toBe('KEY_UNKNOWN');
  });
});
