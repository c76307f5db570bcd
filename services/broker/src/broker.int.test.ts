/** Whole queries over HTTP: a running broker, persons and scripted nodes with real keys and clients. */
import { createSigner, generateKeyPair, verifyCompact } from '@revier/connector-sdk';
import { canonicalText, contentHash, digest } from '@revier/core';
import { type Answer, builtInStandards, type QuestionInput, ResultStatement, Sha256 } from '@revier/schema';
import { areas, deprivation, lateStageQuestion, smallDatasets, smallVocabulary } from '@revier/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BROKER, type Federation, type Person, REGISTER } from './testing/data-space.case.ts';
import { startFederation } from './testing/federation.case.ts';
import { type ScriptedNode, scriptedNode } from './testing/scripted-node.case.ts';
import { answerOf, answerWith, builtIn, CITY_A, CITY_B, codeOf, one } from './testing/two-cities.case.ts';

const REGISTRY = 'did:web:registry.example';

const datasets = smallDatasets.filter(({ holder }) => [REGISTRY, CITY_A, CITY_B].includes(holder));
const { late, people } = lateStageQuestion.aggregates;
if (late === undefined || people === undefined) throw new Error('The question of the small region has changed.');
/** Two stages: the cities' populations are open and come first, the registry counts over their areas. */
const question: QuestionInput = {
  ...lateStageQuestion,
  aggregates: { late, people },
  derived: { rate: { crudeRate: { events: 'late', population: 'people' } } },
};
let federation: Federation;
let erika: Person;
let registry: ScriptedNode;
let cityA: ScriptedNode;
let cityB: ScriptedNode;

beforeAll(async () => {
  const vocabulary = smallVocabulary(datasets);
  federation = await startFederation({ datasets, documents: [areas, deprivation], vocabulary, question });
  await federation.publishAll();
  erika = await federation.person('erika17');
  registry = scriptedNode(federation, REGISTRY, builtIn);
  cityA = scriptedNode(federation, CITY_A, builtIn);
  cityB = scriptedNode(federation, CITY_B, builtIn);
});

afterAll(() => federation.close());

async function submit(seconds = 60, input: QuestionInput = question) {
  const submitted = await federation.asPerson(erika).submit(await federation.sign(erika, { seconds, question: input }));
  if (submitted.kind !== 'state') throw new Error('An answer before anybody was asked.');
  return submitted.state;
}

const finished = (queryId: string): Promise<Answer> => answerOf(federation, erika, queryId);

/** Leaves nothing behind for the next test. */
async function finish(): Promise<void> {
  await Promise.all([answerWith(cityA), answerWith(cityB)]);
  await answerWith(registry);
}

const raw = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${federation.url()}${path}`, { headers });

describe('what is published', () => {
  it('stands in a catalogue version that everybody computes to the same hash; older versions stay', async () => {
    const client = federation.asPerson(erika);
    const { catalogue } = await client.catalogue();
    expect(Object.keys(catalogue.datasets)).toHaveLength(3);
    expect(catalogue.lookups).toEqual({ 'deprivation-2': contentHash(deprivation) });
    expect(catalogue.version).toBeGreaterThan(3);
    const same = await federation.publishAll().then(() => client.catalogue());
    expect(same.catalogue.version).toBe(catalogue.version);
  });

  it('keeps old versions readable', async () => {
    const before = await federation.asPerson(erika).catalogue();
    const other = { ...deprivation, name: 'deprivation-old' };
    const { signer } = federation.member(CITY_A);
    const jws = await signer.sign('revier-document+jws', other);
    await federation.asHolder(CITY_A).publishDocuments([jws]);
    const after = await federation.asPerson(erika).catalogue();
    expect(after.catalogue.version).toBe(before.catalogue.version + 1);
    expect(await federation.asPerson(erika).catalogue(Sha256.parse(before.hash))).toEqual(before);
    expect(await federation.asPerson(erika).document(contentHash(other))).toBe(jws);
  });

  it('makes registers of agreements', async () => {
    const [register] = await federation.asPerson(erika).registers();
    expect(register).toMatchObject({
      id: REGISTER,
      purpose: 'ehds:PublicHealthSurveillance',
      expires: '2099-01-01T00:00:00Z',
    });
    expect(register?.agreements.map(({ holder }) => holder).sort()).toEqual([CITY_A, CITY_B, REGISTRY]);
  });

  it('refuses a dataset that another holder describes, also when it signs itself', async () => {
    const [own] = datasets.filter(({ holder }) => holder === CITY_A);
    const description = await federation.member(CITY_B).signer.sign('revier-dataset+jws', own);
    expect(await codeOf(federation.asHolder(CITY_B).publish(description, []))).toBe('SIGNATURE_INVALID');
    const stolen = await federation.member(CITY_B).signer.sign('revier-dataset+jws', { ...own, holder: CITY_B });
    expect(await codeOf(federation.asHolder(CITY_B).publish(stolen, []))).toBe('FORBIDDEN');
  });

  it('refuses a name of vocabulary that is somebody else’s, and words that ship with Revier under new meaning', async () => {
    const { signer } = federation.member(CITY_B);
    const mine = federation.member(datasets[0]?.holder ?? '').id;
    const thief = mine === CITY_B ? CITY_A : CITY_B;
    const taken = await federation
      .member(thief)
      .signer.sign('revier-document+jws', { ...deprivation, source: 'other' });
    expect(await codeOf(federation.asHolder(thief).publishDocuments([taken]))).toBe('FORBIDDEN');
    const sex = await signer.sign('revier-document+jws', { ...builtInStandards[0], source: 'better weights' });
    expect(await codeOf(federation.asHolder(CITY_B).publishDocuments([sex]))).toBe('FORBIDDEN');
  });

  it('is for holders only: a person and a stranger cannot publish or take tasks', async () => {
    expect((await federation.fetchAs(erika, '/v1/node/tasks')).status).toBe(401);
    expect((await raw('/v1/node/tasks', { authorization: `Bearer ${await erika.token()}` })).status).toBe(401);
    const stranger = await createSigner((await generateKeyPair()).privateKey);
    expect(await codeOf(federation.asHolder(CITY_A, { signer: stranger }).pollTasks(0))).toBe('UNAUTHENTICATED');
    expect((await raw('/v1/node/tasks')).status).toBe(401);
  });
});

describe('a query', () => {
  it('goes from the person to the nodes, stage by stage, and back as one signed answer', async () => {
    const { queryId, state } = await submit();
    expect(state).toBe('accepted');
    const [a, b] = await Promise.all([one(cityA), one(cityB)]);
    expect([a.task.stage, a.task.evidence, a.task.attempt]).toEqual([0, [], 1]);
    await cityA.accept(a);
    await cityA.send(a, await cityA.release(a));
    expect(await registry.tasks(0)).toEqual([]);
    const released = await cityB.release(b);
    await cityB.send(b, released);
    const last = await one(registry);
    expect([last.task.stage, last.task.evidence.length]).toEqual([1, 2]);
    expect(await registry.client().fetchBody(released.header.body)).toEqual(released.body);
    await registry.accept(last);
    await registry.send(last, await registry.release(last));
    const answer = await finished(queryId);
    expect(answer.state).toBe('complete');
    expect(answer.cells).toHaveLength(4);
    expect(answer.cells[0]?.measures.rate).toMatchObject({ status: 'value' });
    expect(answer.synthetic).toBe(true);
    expect(answer.holders.map(({ status }) => status)).toEqual(['answered', 'answered', 'answered']);
    const text = answer.sentences.map(({ en }) => en).join(' ');
    expect(text).toMatch(/SYNTHETIC.*not individual.*not age-adjusted/s);
    await expectSigned(queryId, answer);
  });

  async function expectSigned(queryId: string, answer: Answer): Promise<void> {
    const response = await federation.fetchAs(erika, `/v1/queries/${queryId}/result`);
    const { result } = z.object({ result: z.string() }).parse(await response.json());
    const proof = await federation.asPerson(erika).proof(queryId);
    expect([proof.result, contentHash(proof.answer)]).toEqual([result, contentHash(answer)]);
    expect(Object.entries(proof.bodies).map(([hash, body]) => hash === digest(Buffer.from(body, 'base64')))).toEqual([
      ...answer.holders.map(() => true),
    ]);
    const { publicKey } = federation.member(BROKER).keys;
    const opened = await verifyCompact(result, 'revier-result+jws', ResultStatement, () => publicKey);
    expect(opened.answer).toBe(contentHash(answer));
    expect(opened.releases).toEqual(answer.holders.map(({ release = '' }) => digest(Buffer.from(release))).sort());
    expect(opened.refusals).toEqual([]);
  }

  it('has byte-equal cells when it is asked again', async () => {
    const first = await submit();
    await finish();
    const second = await submit();
    await finish();
    const [a, b] = [await finished(first.queryId), await finished(second.queryId)];
    expect(a.submissionId).not.toBe(b.submissionId);
    expect(canonicalText(a.cells)).toBe(canonicalText(b.cells));
    expect(a.questionHash).toBe(b.questionHash);
  });

  it('comes in three forms, each to be asked for in two ways', async () => {
    const { queryId } = await submit();
    await finish();
    const answer = await finished(queryId);
    const csv = await federation.asPerson(erika).answerAs(queryId, 'csv');
    expect(csv.split('\r\n')[0]).toContain('area,sex,rate,rate_lower,rate_upper,rate_events,rate_status');
    expect(csv.trim().split('\r\n')).toHaveLength(answer.cells.length + 1);
    const stat = JSON.parse(await federation.asPerson(erika).answerAs(queryId, 'json-stat'));
    expect(stat).toMatchObject({ version: '2.0', class: 'dataset', id: ['area', 'sex', 'measure'] });
    const path = `/v1/queries/${queryId}/answer`;
    expect(await (await federation.fetchAs(erika, `${path}?format=csv`)).text()).toBe(csv);
    const sideCar = z
      .object({ url: z.string(), tableSchema: z.object({ columns: z.array(z.object({ name: z.string() })) }) })
      .loose()
      .parse(await (await federation.fetchAs(erika, `${path}.csv-metadata.json`)).json());
    expect(sideCar.tableSchema.columns.map(({ name }) => name).join(',')).toBe(csv.split('\r\n')[0]);
    expect((await federation.fetchAs(erika, path, { headers: { accept: 'image/png' } })).status).toBe(406);
  });

  it('is told as refused, with the reasons of the holder', async () => {
    const { queryId } = await submit(60, { ...question, holders: { least: 2 } });
    const a = await one(cityA);
    await cityA.refuse(a);
    await answerWith(cityB);
    await answerWith(registry);
    const answer = await finished(queryId);
    expect(answer.state).toBe('partial');
    const refused = answer.holders.find(({ holder }) => holder === CITY_A);
    expect(refused).toMatchObject({ status: 'refused', reasons: [{ code: 'PURPOSE', pointer: '/permission/0' }] });
    expect(answer.coverage.excluded.map(({ area }) => area)).toEqual(['A-1', 'A-2']);
  });

  it('fails without asking further when all are needed and one has refused', async () => {
    const { queryId } = await submit();
    await cityA.refuse(await one(cityA));
    await answerWith(cityB);
    const answer = await finished(queryId);
    expect([answer.state, answer.holders.map(({ status }) => status).sort()]).toEqual([
      'failed',
      ['answered', 'pending', 'refused'],
    ]);
    expect(await registry.tasks(0)).toEqual([]);
  });

  it('goes on without a holder that is away at half time, and says so at the deadline', async () => {
    const { queryId } = await submit(4, { ...question, holders: { least: 2 } });
    const late = await one(cityB);
    await answerWith(cityA);
    const task = await one(registry);
    expect(task.task.evidence).toHaveLength(1);
    // Acknowledged, so that the node forgets it; it does not count any more.
    await cityB.send(late, await cityB.release(late));
    await registry.send(task, await registry.release(task));
    const answer = await finished(queryId);
    expect(answer.state).toBe('partial');
    expect(answer.holders.find(({ holder }) => holder === CITY_B)?.status).toBe('offline');
    expect(answer.sentences.some(({ de }) => de.includes('nicht rechtzeitig'))).toBe(true);
  });

  it('ends at the deadline although nobody came', async () => {
    const { queryId } = await submit(2);
    const answer = await finished(queryId);
    expect([answer.state, answer.cells]).toEqual(['failed', []]);
  });
});
