/** Queries and their answers, for persons. */

import { toCsvMetadata } from '@revier/core';
import {
  Answer,
  AnswerProof,
  answerMediaTypes,
  CompactJws,
  DryRunResult,
  PageQuery,
  QueryList,
  QueryState,
  SignedQuery,
  Uuid,
} from '@revier/schema';
import { type HttpApp, requestEnd } from '@revier/service-kit';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { QueryAction } from '../access/actions.ts';
import type { Broker } from '../ports.ts';
import { awaitDryRun, readDryRun } from '../use-cases/read-dry-run.ts';
import { awaitAnswer, readAnswer, readQuery, stateOf, summaryOf, withWithdrawals } from '../use-cases/read-query.ts';
import { submitQuery } from '../use-cases/submit-query.ts';
import { assertMay, PERSON, principalOf } from './caller.ts';
import { formatOf, sendAnswer } from './formats.ts';
import { linkNext, pageOf, placeOf } from './paging.ts';
import { waitOf } from './prefer.ts';
import type { Spend } from './rates.ts';
import { rawReply } from './replies.ts';

const tags = ['queries'];
const BeforeQuery = z.strictObject({ asked: z.int().min(0), queryId: Uuid });
const ById = z.strictObject({ queryId: Uuid });
const Wanted = z.strictObject({ format: z.enum(['json', 'csv', 'json-stat', 'proof']).optional() });
const Key = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'expected 1 to 128 printable ASCII characters')
  .optional();
const SubmitHeaders = z.looseObject({ 'idempotency-key': Key, prefer: z.string().max(200).optional() });

const answerResponse = {
  description: 'The answer, in the form that was asked for',
  content: {
    [answerMediaTypes.json]: { schema: Answer },
    [answerMediaTypes.csv]: { schema: z.string() },
    [answerMediaTypes['json-stat']]: {
      schema: z.looseObject({ version: z.literal('2.0'), class: z.literal('dataset') }),
    },
    [answerMediaTypes.proof]: { schema: AnswerProof },
  },
};
const submitResponse = {
  ...answerResponse,
  description: 'The answer, in the form that was asked for; of a dry run its result, as JSON',
  content: { ...answerResponse.content, [answerMediaTypes.json]: { schema: z.union([Answer, DryRunResult]) } },
};
const csvMetadata = rawReply('application/csvm+json', 'CSV on the Web metadata', z.looseObject({ url: z.string() }));
const ResultView = z.strictObject({ result: CompactJws }).meta({ id: 'ResultView' });

export function queryRoutes(app: HttpApp, broker: () => Broker, spend: Spend): void {
  app.post(
    '/v1/queries',
    {
      schema: {
        tags,
        summary: 'Submit a signed query; with `Prefer: wait=60` the answer comes at once if it is there in time',
        headers: SubmitHeaders,
        querystring: Wanted,
        body: SignedQuery,
        response: { 200: submitResponse, 202: QueryState },
      },
    },
    async (request, reply) => {
      const format = formatOf(request.query.format, request.headers.accept);
      const admit = (person: string, isDryRun: boolean) =>
        spend(request, isDryRun ? 'dryRunsPerMinute' : 'queriesPerMinute', person);
      const key = request.headers['idempotency-key'];
      const { query, isNew, mayRead } = await submitQuery(broker(), request.body, { key, admit });
      reply.header('location', `/v1/queries/${query.queryId}`);
      const seconds = mayRead ? waitOf(request.headers.prefer) : 0;
      if (isNew && seconds === 0) return reply.code(202).send(stateOf(query));
      const patience = { seconds, signal: requestEnd(request) };
      const assessed = mayRead && query.dryRun ? await awaitDryRun(broker(), query.queryId, patience) : undefined;
      if (assessed !== undefined) return reply.header('cache-control', 'no-store').send(assessed);
      const answer = mayRead && !query.dryRun ? await awaitAnswer(broker(), query.queryId, patience) : undefined;
      if (seconds > 0) reply.header('preference-applied', `wait=${seconds}`);
      if (answer !== undefined) return sendAnswer(broker(), reply, answer, format);
      return reply.code(202).send(stateOf((await broker().queries.find(query.queryId)) ?? query));
    },
  );
  listRoute(app, broker);
  dryRunRoute(app, broker);
  readRoutes(app, broker);
}

function listRoute(app: HttpApp, broker: () => Broker): void {
  app.get(
    '/v1/queries',
    {
      schema: {
        tags,
        security: PERSON,
        summary: 'Your own queries, newest first',
        querystring: PageQuery,
        response: { 200: QueryList },
      },
    },
    async (request, reply) => {
      const { limit, cursor } = request.query;
      const principal = await principalOf(broker(), request);
      assertMay(broker(), principal, { action: 'query.list' });
      const found = await broker().queries.list(principal.persons, {
        limit: limit + 1,
        before: placeOf(cursor, BeforeQuery),
      });
      const { items, next } = pageOf(found, limit, ({ asked, queryId }) => ({ asked, queryId }));
      linkNext(request, reply, next, limit);
      return { queries: items.map(summaryOf), next };
    },
  );
}

function dryRunRoute(app: HttpApp, broker: () => Broker): void {
  app.get(
    '/v1/queries/:queryId/dry-run',
    {
      schema: {
        tags,
        security: PERSON,
        summary: 'The result of a dry run: who would answer, how finely, and what stands in the way',
        params: ById,
        response: { 200: DryRunResult },
      },
    },
    async (request) => {
      const patience = { seconds: waitOf(request.headers.prefer), signal: requestEnd(request) };
      return readDryRun(broker(), await principalOf(broker(), request), request.params.queryId, patience);
    },
  );
}

function readRoutes(app: HttpApp, broker: () => Broker): void {
  app.get(
    '/v1/queries/:queryId',
    {
      schema: {
        tags,
        security: PERSON,
        summary: 'Where a query of yours is',
        params: ById,
        response: { 200: QueryState },
      },
    },
    async (request, reply) => {
      const principal = await principalOf(broker(), request);
      const query = await readQuery(broker(), principal, 'query.read', request.params.queryId);
      const seconds = waitOf(request.headers.prefer);
      if (seconds === 0 || query.answered) return withWithdrawals(broker(), stateOf(query));
      await awaitAnswer(broker(), query.queryId, { seconds, signal: requestEnd(request) });
      reply.header('preference-applied', `wait=${seconds}`);
      return stateOf(await readQuery(broker(), principal, 'query.read', query.queryId));
    },
  );
  app.get(
    '/v1/queries/:queryId/answer',
    {
      schema: {
        tags,
        security: PERSON,
        summary: 'The answer',
        params: ById,
        querystring: Wanted,
        response: { 200: answerResponse },
      },
    },
    async (request, reply) => {
      const format = formatOf(request.query.format, request.headers.accept);
      return sendAnswer(broker(), reply, await answerFor(broker(), 'answer.read', request), format);
    },
  );
  app.get(
    '/v1/queries/:queryId/answer.csv-metadata.json',
    {
      schema: {
        tags,
        security: PERSON,
        summary: 'CSVW description of the answer as CSV',
        params: ById,
        response: { 200: csvMetadata },
      },
    },
    async (request, reply) => {
      const { answer } = await answerFor(broker(), 'answer.read', request);
      return reply.type('application/csvm+json').send(JSON.stringify(toCsvMetadata(answer, 'answer?format=csv')));
    },
  );
  app.get(
    '/v1/queries/:queryId/result',
    {
      schema: {
        tags,
        security: PERSON,
        summary: 'The signature over the answer',
        params: ById,
        response: { 200: ResultView },
      },
    },
    async (request) => ({ result: (await answerFor(broker(), 'result.read', request)).result }),
  );
}

async function answerFor(
  broker: Broker,
  action: QueryAction,
  request: FastifyRequest<{ Params: z.infer<typeof ById> }>,
) {
  const patience = { seconds: waitOf(request.headers.prefer), signal: requestEnd(request) };
  return readAnswer(broker, await principalOf(broker, request), action, request.params.queryId, patience);
}
