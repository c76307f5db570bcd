/** Nodes that lie: forged, altered, misdirected and repeated releases, against a running broker over HTTP. */
import { createSigner, generateKeyPair } from '@revier/connector-sdk';
import { digest } from '@revier/core';
import type { Receipt, ReleaseHeader } from '@revier/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeRelease, NodeTask } from './testing/scripted-node.case.ts';
import { CITY_A, CITY_B, codeOf, one, problemOf, startTwoCities, type TwoCities } from './testing/two-cities.case.ts';

let space: TwoCities;
let federation: TwoCities['federation'];
let cityA: TwoCities['cityA'];
let cityB: TwoCities['cityB'];
let submit: TwoCities['submit'];
let answerOf: TwoCities['answerOf'];

beforeAll(async () => {
  space = await startTwoCities();
  ({ federation, cityA, cityB, submit, answerOf } = space);
});

afterAll(() => space.federation.close());

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
    ['other data than the catalogue describes', { epoch: '0'.repeat(16) }, 'INVALID_REQUEST'],
    ['another day of its data', { asOf: '2020-01-01T00:00:00Z' }, 'INVALID_REQUEST'],
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

  /** What a node would say of its task, with one word changed. */
  const word = (over: Partial<Extract<Receipt, { decision: 'accepted' }>>): Receipt => {
    const { taskId, submissionId, iss, aud, realm, iat, agreement, table } = honest.header;
    const said = { taskId, submissionId, iss, aud, realm, iat, agreement, table };
    return { ...said, attempt: 1, decision: 'accepted', ...over };
  };
  const send = async (receipt: Receipt, by = federation.member(CITY_A).signer) =>
    cityA.client().sendReceipt(task.task.taskId, await by.sign('revier-receipt+jws', receipt));

  it.each<[what: string, over: Parameters<typeof word>[0], code: string, pointer: string]>([
    ['another table', { table: hash }, 'INVALID_REQUEST', '/table'],
    ['another agreement', { agreement: hash }, 'INVALID_REQUEST', '/agreement'],
    ['another submission', { submissionId: hash }, 'INVALID_REQUEST', '/submissionId'],
    ['another task', { taskId: '7f0e0a3e-9a1c-4d0e-8a53-0a9c5e1f2b3d' }, 'INVALID_REQUEST', '/taskId'],
    ['another holder', { iss: CITY_B }, 'INVALID_REQUEST', '/iss'],
    ['another audience', { aud: CITY_B }, 'WRONG_AUDIENCE', '/aud'],
    ['another realm', { realm: 'production' }, 'WRONG_REALM', '/realm'],
    ['an attempt that was never made', { attempt: 2 }, 'INVALID_REQUEST', '/attempt'],
  ])('is not believed when its receipt names %s', async (_what, over, code, pointer) => {
    const problem = await problemOf(send(word(over)));
    expect([problem?.code, problem?.errors?.map((fault) => fault.pointer)]).toEqual([code, [pointer]]);
  });

  it('cannot refuse or accept for a neighbour, with its own key or another kind of signature', async () => {
    const neighbour = federation.member(CITY_B).signer;
    expect(await codeOf(send(word({}), neighbour))).toBe('KEY_UNKNOWN');
    const other = await federation.member(CITY_A).signer.sign('revier-release+jws', honest.header);
    expect(await codeOf(cityA.client().sendReceipt(task.task.taskId, other))).toBe('SIGNATURE_TYPE');
    const stolen = await federation.member(CITY_A).signer.sign('revier-receipt+jws', word({}));
    expect(await codeOf(cityB.client().sendReceipt(task.task.taskId, stolen))).toBe('NOT_FOUND');
    expect((await federation.asPerson(space.erika).queryState(queryId)).state).toBe('accepted');
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
