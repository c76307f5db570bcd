/** The smallest whole data space: one stage, two cities, two persons; for tests that play many queries. */
import { ProblemError } from '@revier/connector-sdk';
import { type CatalogueDocument, documentStore } from '@revier/core';
import {
  type Answer,
  builtInCodeLists,
  builtInModels,
  builtInStandards,
  type Problem,
  type QuestionInput,
} from '@revier/schema';
import { areas, deprivation, lateStageQuestion, smallDatasets, smallVocabulary } from '@revier/testkit';
import { expect } from 'vitest';
import type { Federation, FederationOptions, Person } from './data-space.case.ts';
import { startFederation } from './federation.case.ts';
import { type NodeTask, type ScriptedNode, scriptedNode } from './scripted-node.case.ts';

export const CITY_A = 'did:web:city-a.example';
export const CITY_B = 'did:web:city-b.example';

export const builtIn: ReadonlyMap<string, CatalogueDocument> = documentStore([
  ...builtInModels,
  ...builtInCodeLists,
  ...builtInStandards,
]);

/** Inhabitants by deprivation and sex. */
export const inhabitants: QuestionInput = {
  ...lateStageQuestion,
  aggregates: Object.fromEntries(Object.entries(lateStageQuestion.aggregates).filter(([name]) => name === 'people')),
  derived: {},
};

export interface TwoCities {
  readonly federation: Federation;
  readonly erika: Person;
  readonly max: Person;
  readonly cityA: ScriptedNode;
  readonly cityB: ScriptedNode;
  /** Erika asks; returns the query's id. */
  submit(seconds?: number): Promise<string>;
  /** Both cities answer the one task that each has. */
  finish(): Promise<unknown>;
  /** Waits for Erika's answer. */
  answerOf(queryId: string): Promise<Answer>;
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
}

export async function startTwoCities(
  limits?: FederationOptions['limits'],
  people: FederationOptions['people'] = {},
): Promise<TwoCities> {
  const datasets = smallDatasets.filter(({ holder }) => [CITY_A, CITY_B].includes(holder));
  const documents = [areas, deprivation];
  const options: FederationOptions = {
    datasets,
    documents,
    vocabulary: smallVocabulary(datasets),
    question: inhabitants,
    limits,
    people,
  };
  const federation = await startFederation(options);
  await federation.publishAll();
  const [erika, max] = [await federation.person('erika17'), await federation.person('max4')];
  const [cityA, cityB] = [scriptedNode(federation, CITY_A, builtIn), scriptedNode(federation, CITY_B, builtIn)];
  return {
    federation,
    erika,
    max,
    cityA,
    cityB,
    submit: async (seconds = 60) => {
      const submitted = await federation.asPerson(erika).submit(await federation.sign(erika, { seconds }));
      if (submitted.kind !== 'state') throw new Error('An answer before anybody was asked.');
      return submitted.state.queryId;
    },
    finish: () => Promise.all([answerWith(cityA), answerWith(cityB)]),
    answerOf: (queryId) => answerOf(federation, erika, queryId),
    post: (body, headers = {}) =>
      fetch(`${federation.url()}/v1/queries`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
  };
}

/** The only task that a node has. */
export async function one(node: ScriptedNode): Promise<NodeTask> {
  const [task, ...others] = await node.tasks();
  if (task === undefined || others.length > 0) throw new Error('Expected one task.');
  return task;
}

export async function answerWith(node: ScriptedNode): Promise<void> {
  const task = await one(node);
  await node.send(task, await node.release(task));
}

export async function answerOf(federation: Federation, person: Person, queryId: string): Promise<Answer> {
  const client = federation.asPerson(person);
  const look = () => client.answer(queryId).catch(() => undefined);
  await expect.poll(look, { timeout: 15_000, interval: 20 }).toBeDefined();
  return client.answer(queryId);
}

/** The problem that a call ends with; undefined when there is none. */
export async function problemOf(promise: Promise<unknown>): Promise<Problem | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
}

export const codeOf = async (promise: Promise<unknown>): Promise<string | undefined> =>
  (await problemOf(promise))?.code;
