/** Lying nodes, prying persons, repeated and forged messages, waiting and restarts: against a running broker, over HTTP. */
import { accessToken, createSigner, generateKeyPair, ProblemError } from '@revier/connector-sdk';
import { type CatalogueDocument, digest, documentStore } from '@revier/core';
import {
  type Answer,
  builtInCodeLists,
  builtInModels,
  builtInStandards,
  type QuestionInput,
  type ReleaseHeader,
} from '@revier/schema';
import { areas, deprivation, lateStageQuestion, smallDatasets, smallVocabulary } from '@revier/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROKER, type Federation, type Person, startFederation } from './testing/federation.case.ts';
import { type NodeRelease, type NodeTask, type ScriptedNode, scriptedNode } from './testing/scripted-node.case.ts';

const CITY_A = 'did:web:city-a.example';
const CITY_B = 'did:web:city-b.example';

/** One stage, two cities: quick to play. */
const datasets = smallDatasets.filter(({ holder }) => [CITY_A, CITY_B].includes(holder));
const { people } = lateStageQuestion.aggregates;
if (people === undefined) throw new Error('The question of the small region has changed.');
const question: QuestionInput = { ...lateStageQuestion, aggregates: { people }, derived: {} };
const known: ReadonlyMap<string, CatalogueDocument> = documentStore([
  ...builtInModels,
  ...builtInCodeLists,
  ...builtInStandards,
]);

let federation: Federation;
let erika: Person;
let max: Person;
let cityA: ScriptedNode;
let cityB: ScriptedNode;

beforeAll(async () => {
  const vocabulary = smallVocabulary(datasets);
  federation = await startFederation({ datasets, documents: [areas, deprivation], vocabulary, question });
  await federation.publishAll();
  erika = await federation.person('erika17');
  max = await federation.person('max4');
  cityA = scriptedNode(federation, CITY_A, known);
  cityB = scriptedNode(federation, CITY_B, known);
});

afterAll(() => federation.close());

const codeOf = async (promise: Promise<unknown>): Promise<string | undefined> => {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem.code;
    throw error;
  }
};

async function submit(seconds = 60): Promise<string> {
  const submitted = await federation.asPerson(erika).submit(await federation.sign(erika, { seconds }));
  if (submitted.kind !== 'state') throw new Error('An answer before anybody was asked.');
  return submitted.state.queryId;
}

async function one(node: ScriptedNode): Promise<NodeTask> {
  const [task, ...others] = await node.tasks();
  if (task === undefined || others.length > 0) throw new Error('Expected one task.');
  return task;
}

async function answerWith(node: ScriptedNode): Promise<void> {
  const task = await one(node);
  await node.send(task, await node.release(task));
}

const finish = (): Promise<unknown> => Promise.all([answerWith(cityA), answerWith(cityB)]);

async function answerOf(queryId: string): Promise<Answer> {
  const client = federation.asPerson(erika);
  const look = () => client.answer(queryId).catch(() => undefined);
  await expect.poll(look, { timeout: 15_000, interval: 20 }).toBeDefined();
  return client.answer(queryId);
}

const post = async (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${federation.url()}/v1/queries`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

describe('a node that lies', () => {
  let task: NodeTask;
  let honest: NodeRelease;
  let queryId: string;

  beforeAll(async () => {
    queryId = await submit();
    task = await one(cityA);
    honest = await cityA.release(task);
  });

  /** The same release with one word of its header changed. */
  const forged = (over: Partial<ReleaseHeader>): NodeRelease => ({ ...honest, header: { ...honest.header, ...over } });
  const hash = `sha256:${'0'.repeat(64)}`;

  it.each<[what: string, over: Partial<ReleaseHeader>, code: string]>([
    ['another table', { table: hash }, 'INVALID_REQUEST'],
    ['another submission', { submissionId: hash }, 'INVALID_REQUEST'],
    ['another question', { questionHash: hash }, 'INVALID_REQUEST'],
    ['another agreement', { agreement: hash }, 'INVALID_REQUEST'],
    ['another dataset', { dataset: 'urn:revier:dataset:other' }, 'INVALID_REQUEST'],
    ['another holder', { iss: CITY_B }, 'INVALID_REQUEST'],
    ['real data where its description says invented', { synthetic: false }, 'INVALID_REQUEST'],
    ['another mode', { mode: 'L', minCellSize: 5 }, 'INVALID_REQUEST'],
    ['a threshold for exact figures', { minCellSize: 5 }, 'INVALID_REQUEST'],
    ['another audience', { aud: CITY_B }, 'WRONG_AUDIENCE'],
    ['another realm', { realm: 'production' }, 'WRONG_REALM'],
    ['another task', { taskId: '7f0e0a3e-9a1c-4d0e-8a53-0a9c5e1f2b3d' }, 'INVALID_REQUEST'],
    ['another body', { body: hash }, 'SIGNATURE_INVALID'],
  ])('is not believed when the signed header names %s', async (_what, over, code) => {
    expect(await codeOf(cityA.send(task, forged(over)))).toBe(code);
  });

  it('is not believed with the key of a neighbour, or with a key that nobody knows', async () => {
    const neighbour = federation.member(CITY_B).signer;
    expect(await codeOf(cityA.send(task, honest, neighbour))).toBe('KEY_UNKNOWN');
    const stranger = await createSigner((await generateKeyPair()).privateKey);
    expect(await codeOf(cityA.send(task, honest, stranger))).toBe('KEY_UNKNOWN');
  });

  it('is not believed when the body was altered on its way', async () => {
    const body = Uint8Array.from(honest.body);
    body[body.length - 1] = (body[body.length - 1] ?? 0) ^ 1;
    expect(await codeOf(cityA.send(task, { ...honest, body }))).toBe('SIGNATURE_INVALID');
  });

  it('is not believed when it signs a body that is no release', async () => {
    const body = new TextEncoder().encode('{"cells":[]}');
    const over = { body: digest(body), bytes: body.length };
    expect(await codeOf(cityA.send(task, { ...forged(over), body }))).toBe('INVALID_REQUEST');
  });

  it('cannot speak for the areas of a neighbour', async () => {
    const other = await one(cityB);
    const theirs = await cityB.release(other);
    const over = { body: theirs.header.body, bytes: theirs.header.bytes };
    expect(await codeOf(cityA.send(task, { ...forged(over), body: theirs.body }))).toBe('INVALID_REQUEST');
    await cityB.send(other, theirs);
  });

  it('cannot answer the task of a neighbour, nor fetch what is no evidence of its own', async () => {
    expect(await codeOf(cityB.send(task, honest))).toBe('NOT_FOUND');
    expect(await codeOf(cityB.client().fetchBody(honest.header.body))).toBe('NOT_FOUND');
  });

  it('counts once, however often the same release comes, also after the answer', async () => {
    await cityA.send(task, honest);
    await Promise.all([cityA.send(task, honest), cityA.send(task, honest)]);
    const answer = await answerOf(queryId);
    await cityA.send(task, honest);
    await cityA.refuse(task);
    expect(await answerOf(queryId)).toEqual(answer);
    expect(answer.state).toBe('complete');
    expect(answer.cells.map(({ measures }) => measures.people)).toEqual(
      Array.from({ length: 4 }, () => ({ status: 'value', value: 100_000 })),
    );
  });
});

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
    const anonymous = await fetch(`${federation.url()}/v1/queries/${queryId}/answer`);
    expect(anonymous.status).toBe(401);
    for (const path of ['', '/answer', '/answer.csv-metadata.json', '/result'])
      expect((await fetch(`${federation.url()}/v1/queries/${queryId}${path}`, await as(CITY_A))).status).toBe(403);
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
    ['an agreement that nobody made', 'AGREEMENT_MISSING', (of) => ({ ...of, agreements: { [CITY_A]: hash } })],
    ['a holder without its agreement', 'AGREEMENT_MISSING', (of) => ({ ...of, agreements: {} })],
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

describe('waiting', () => {
  it('gives the answer at once with `Prefer: wait`, in the wanted form', async () => {
    const reply = post(await federation.sign(erika), { prefer: 'respond-async, wait=20', accept: 'text/csv' });
    await finish();
    const response = await reply;
    expect([response.status, response.headers.get('preference-applied')]).toEqual([200, 'wait=20']);
    expect(response.headers.get('content-type')).toContain('text/csv');
    expect((await response.text()).split('\r\n')[0]).toBe('area,sex,people,people_status');
  });

  it('gives the state when the answer is not there in time', async () => {
    const started = performance.now();
    const response = await post(await federation.sign(erika), { prefer: 'wait=1' });
    expect(response.status).toBe(202);
    expect(performance.now() - started).toBeGreaterThan(990);
    await finish();
  });

  it('wakes a long poll in less than a second', async () => {
    const poll = cityA.tasks(30);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const started = performance.now();
    await submit();
    const [task] = await poll;
    expect(performance.now() - started).toBeLessThan(1000);
    if (task === undefined) throw new Error('No task came.');
    await cityA.send(task, await cityA.release(task));
    await answerWith(cityB);
  });

  it('wakes a long poll at another process on the same records', async () => {
    const second = await federation.second();
    const poll = federation.asHolderAt(second.url, CITY_A).pollTasks(30);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const started = performance.now();
    const queryId = await submit();
    const [jws] = await poll;
    expect(performance.now() - started).toBeLessThan(1000);
    const task = await cityA.open(jws ?? '');
    await cityA.send(task, await cityA.release(task));
    await answerWith(cityB);
    expect((await answerOf(queryId)).state).toBe('complete');
    await second.close();
  });
});

describe('a broker that is started anew in the middle of a query', () => {
  it('goes on where it was, on the same records', async () => {
    const queryId = await submit();
    const task = await one(cityA);
    await cityA.accept(task);
    await federation.restart();
    expect((await federation.asPerson(erika).queryState(queryId)).state).toBe('running');
    await cityA.send(task, await cityA.release(task));
    await answerWith(cityB);
    expect((await answerOf(queryId)).state).toBe('complete');
  });

  it('still keeps the deadline', async () => {
    const queryId = await submit(3);
    await federation.restart();
    expect((await answerOf(queryId)).state).toBe('failed');
  });

  it('offers again what was delivered and never answered for', async () => {
    await submit(60);
    const [first, other] = [await one(cityA), await one(cityB)];
    expect(await cityA.tasks(0)).toEqual([]);
    const again = await one(cityA);
    expect([again.task.taskId, again.task.attempt]).toEqual([first.task.taskId, 2]);
    await cityA.send(again, await cityA.release(again));
    await cityB.refuse(other);
    expect(await cityB.tasks(0)).toEqual([]);
  }, 30_000);
});

describe('the log', () => {
  it('names queries and outcomes, never persons or what they signed', () => {
    const log = federation.logged();
    expect(log).toContain('query answered');
    expect(log).not.toMatch(/erika17|max4|eyJ/);
  });
});
