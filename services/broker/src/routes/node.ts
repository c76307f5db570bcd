/** What nodes come for and bring: tasks, evidence, receipts, releases, offers, documents. */
import {
  AppError,
  CompactJws,
  DocumentDelivery,
  Offer,
  OfferTaken,
  OpeningDelivery,
  RELEASE_HEADER,
  ReceiptDelivery,
  Sha256,
  TaskList,
  TaskQuery,
  Uuid,
} from '@revier/schema';
import { type HttpApp, requestEnd } from '@revier/service-kit';
import { z } from 'zod';
import type { Broker } from '../ports.ts';
import { deliverOpening, deliverReceipt, deliverRelease } from '../use-cases/deliver.ts';
import { publishDocuments } from '../use-cases/publish-documents.ts';
import { publishOffer } from '../use-cases/publish-offer.ts';
import { takeBody, takeTasks } from '../use-cases/take-tasks.ts';
import { BEARER, holderOf, participantOf } from './caller.ts';
import { noContent, rawBody, rawReply, sendPieces } from './replies.ts';
import { taskListPieces } from './task-list.ts';
import { mentionTrust } from './trust.ts';

const tags = ['node'];
const MIB = 1024 * 1024;
const limits = { release: 64 * MIB, publishing: 64 * MIB };
const ByTask = z.strictObject({ taskId: Uuid });
/** RELEASE_HEADER, as Node spells it. The others are nobody's business here. */
const ReleaseHeaders = z.object({ 'revier-release': CompactJws });

export function nodeRoutes(app: HttpApp, broker: () => Broker): void {
  app.addContentTypeParser('application/cbor', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => body);
  taskRoutes(app, broker);
  messageRoutes(app, broker);
  publishingRoutes(app, broker);
}

function taskRoutes(app: HttpApp, broker: () => Broker): void {
  app.get(
    '/v1/node/tasks',
    {
      schema: {
        tags,
        security: BEARER,
        summary: 'Long poll for tasks',
        querystring: TaskQuery,
        response: { 200: rawReply('application/json', 'Tasks, each with the query that it names', TaskList) },
      },
    },
    async (request, reply) => {
      const holder = await holderOf(broker(), request);
      const patience = { seconds: request.query.wait, signal: requestEnd(request) };
      const tasks = await takeTasks(broker(), holder, patience);
      // An empty list would say that all is well: who is told that we leave says everything again when we are back.
      if (tasks.length === 0 && request.server.closing.aborted) throw new AppError('NOT_READY');
      mentionTrust(broker(), reply);
      return sendPieces(reply, 'application/json; charset=utf-8', taskListPieces(tasks));
    },
  );
  app.get(
    '/v1/node/bodies/:hash',
    {
      schema: {
        tags,
        security: BEARER,
        summary: 'The body of a release that is evidence of a task of yours (CBOR)',
        params: z.strictObject({ hash: Sha256 }),
        response: { 200: rawReply('application/cbor', 'The body, as it was released') },
      },
    },
    async (request, reply) => {
      const holder = await holderOf(broker(), request);
      return reply.type('application/cbor').send(await takeBody(broker(), holder, request.params.hash));
    },
  );
}

function messageRoutes(app: HttpApp, broker: () => Broker): void {
  app.post(
    '/v1/node/tasks/:taskId/receipt',
    {
      schema: {
        tags,
        security: BEARER,
        summary: 'Accept or refuse a task',
        params: ByTask,
        body: ReceiptDelivery,
        response: { 204: noContent },
      },
    },
    async (request, reply) => {
      const holder = await holderOf(broker(), request);
      await deliverReceipt(broker(), holder, request.params.taskId, request.body.receipt);
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/v1/node/tasks/:taskId/opening',
    {
      schema: {
        tags,
        security: BEARER,
        summary: 'Open the self mask of a secure sum',
        params: ByTask,
        body: OpeningDelivery,
        response: { 204: noContent },
      },
    },
    async (request, reply) => {
      const holder = await holderOf(broker(), request);
      await deliverOpening(broker(), holder, request.params.taskId, request.body.opening);
      return reply.code(204).send(null);
    },
  );
  app.put(
    '/v1/node/tasks/:taskId/release',
    {
      bodyLimit: limits.release,
      schema: {
        tags,
        security: BEARER,
        summary: `A release: CBOR, with its signed header in ${RELEASE_HEADER}`,
        consumes: ['application/cbor'],
        body: rawBody,
        params: ByTask,
        headers: ReleaseHeaders,
        response: { 204: noContent },
      },
    },
    async (request, reply) => {
      const holder = await holderOf(broker(), request);
      if (!Buffer.isBuffer(request.body)) throw new AppError('UNSUPPORTED_MEDIA_TYPE');
      const { 'revier-release': header } = request.headers;
      await deliverRelease(broker(), holder, request.params.taskId, header, request.body);
      return reply.code(204).send(null);
    },
  );
}

function publishingRoutes(app: HttpApp, broker: () => Broker): void {
  app.put(
    '/v1/node/offer',
    {
      bodyLimit: limits.publishing,
      schema: {
        tags,
        security: BEARER,
        summary: 'Offer a dataset with its agreements',
        body: Offer,
        response: { 200: OfferTaken },
      },
    },
    async (request) => {
      const holder = await holderOf(broker(), request);
      return { catalogue: await publishOffer(broker(), holder, request.body) };
    },
  );
  app.put(
    '/v1/node/documents',
    {
      bodyLimit: limits.publishing,
      schema: {
        tags,
        security: BEARER,
        summary: 'Publish signed vocabulary',
        body: DocumentDelivery,
        response: { 204: noContent },
      },
    },
    async (request, reply) => {
      await participantOf(broker(), request);
      await publishDocuments(broker(), request.body);
      return reply.code(204).send(null);
    },
  );
}
