/** One holder with two datasets in one question: asked for each under its own agreement. */
import { areas, deprivation, smallDatasets, smallVocabulary } from '@revier/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Federation, Person } from './testing/data-space.case.ts';
import { startFederation } from './testing/federation.case.ts';
import { type ScriptedNode, scriptedNode } from './testing/scripted-node.case.ts';
import { answerOf, builtIn, CITY_A, CITY_B, inhabitants, problemOf } from './testing/two-cities.case.ts';

const datasets = smallDatasets
  .filter(({ holder }) => [CITY_A, CITY_B].includes(holder))
  .map((dataset) => ({ ...dataset, holder: CITY_A }));

let federation: Federation;
let erika: Person;
let node: ScriptedNode;

beforeAll(async () => {
  const vocabulary = smallVocabulary(datasets);
  federation = await startFederation({ datasets, documents: [areas, deprivation], vocabulary, question: inhabitants });
  await federation.publishAll();
  erika = await federation.person('erika17');
  node = scriptedNode(federation, CITY_A, builtIn);
});

afterAll(() => federation?.close());

const hashes = (): string[] => [...federation.agreements.values()].map(({ hash }) => hash).sort();

describe('a holder with two datasets', () => {
  it('gets a task for each, under the agreement over it, and both are in the answer', async () => {
    const submitted = await federation.asPerson(erika).submit(await federation.sign(erika));
    if (submitted.kind !== 'state') throw new Error('An answer before anybody was asked.');
    const tasks = await node.tasks();
    expect(tasks.map(({ task }) => task.dataset).sort()).toEqual(datasets.map(({ id }) => id).sort());
    expect(new Set(tasks.map(({ task }) => task.query)).size).toBe(1);
    expect(tasks.map(({ agreement }) => agreement).sort()).toEqual(hashes());
    for (const task of tasks) await node.send(task, await node.release(task));
    const answer = await answerOf(federation, erika, submitted.state.queryId);
    expect([answer.state, answer.holders.map(({ holder }) => holder)]).toEqual(['complete', [CITY_A, CITY_A]]);
  });

  it('cannot answer for one dataset under the agreement over the other', async () => {
    await federation.asPerson(erika).submit(await federation.sign(erika));
    const tasks = await node.tasks();
    const [first, second] = tasks;
    if (first === undefined || second === undefined) throw new Error('Expected two tasks.');
    const { header, body } = await node.release(first);
    const problem = await problemOf(node.send(first, { header: { ...header, agreement: second.agreement }, body }));
    expect([problem?.code, problem?.errors?.[0]?.pointer]).toEqual(['INVALID_REQUEST', '/agreement']);
    for (const task of tasks) await node.send(task, await node.release(task));
  });

  it.each([
    ['lacks the agreement over one of them', (all: string[]) => all.slice(1), '/agreements', CITY_A],
    ['names one that nobody knows', (all: string[]) => [...all, `sha256:${'f'.repeat(64)}`], '/agreements/2', 'hash'],
  ])('is not asked by a query that %s', async (_what, named, pointer, detail) => {
    const change: NonNullable<Parameters<Federation['sign']>[1]>['change'] = (of) => ({
      ...of,
      agreements: named(hashes()),
    });
    const problem = await problemOf(federation.asPerson(erika).submit(await federation.sign(erika, { change })));
    expect([problem?.code, problem?.errors?.[0]?.pointer]).toEqual(['AGREEMENT_MISSING', pointer]);
    expect(problem?.errors?.[0]?.detail).toContain(detail);
  });
});
