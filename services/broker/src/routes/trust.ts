/** Who takes part, and how fresh that is: read by everybody, brought by whoever has something newer, signed by the signers. */
import {
  AppError,
  DraftSignature,
  DraftStanding,
  DraftView,
  EnrolmentDelivery,
  GeneralJws,
  TRUST_VERSION_HEADER,
  TrustView,
} from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Broker } from '../ports.ts';
import { receiveEnrolment } from '../use-cases/enrol.ts';
import { signDraft } from '../use-cases/sign-draft.ts';
import { takeTrust } from '../use-cases/take-trust.ts';
import { BEARER, participantOf } from './caller.ts';
import type { Spend } from './rates.ts';
import { noContent } from './replies.ts';

const tags = ['trust'];
const LIST_LIMIT = 8 * 1024 * 1024;
const ByVersion = z.strictObject({ version: z.coerce.number().int().min(1).max(1_000_000_000) });

export function trustRoutes(app: HttpApp, broker: () => Broker, spend: Spend): void {
  app.addHook('onRequest', async (_request, reply) => mentionTrust(broker(), reply));
  readingRoutes(app, broker);
  bringingRoutes(app, broker, spend);
  draftRoutes(app, broker);
}

/** Said again by what has waited: a newer list may have come meanwhile. */
export function mentionTrust({ trust }: Broker, reply: FastifyReply): void {
  reply.header(TRUST_VERSION_HEADER, trust.list.version);
}

function readingRoutes(app: HttpApp, broker: () => Broker): void {
  app.get(
    '/v1/trust',
    { schema: { tags, summary: 'The newest trust list with its newest timestamp', response: { 200: TrustView } } },
    async (_request, reply) => {
      const { signed: trustList, timestamp } = broker().trust;
      reply.header('cache-control', 'no-store');
      return { trustList, timestamp };
    },
  );
  app.get(
    '/v1/trust-list/:version',
    { schema: { tags, summary: 'A trust list by its version', params: ByVersion, response: { 200: GeneralJws } } },
    async ({ params }) => {
      const found = await broker().office.listOf(params.version);
      if (found === undefined) throw new AppError('NOT_FOUND');
      return found;
    },
  );
}

/** Without a token: what is brought proves itself, and a broker whose list is stale must be able to hear of a newer one. */
function bringingRoutes(app: HttpApp, broker: () => Broker, spend: Spend): void {
  app.put(
    '/v1/trust',
    {
      bodyLimit: LIST_LIMIT,
      schema: {
        tags,
        summary: 'Bring a newer trust list, or a timestamp',
        body: TrustView,
        response: { 204: noContent },
      },
    },
    async (request, reply) => {
      await spend(request, 'trustPerMinute', request.ip);
      await takeTrust(broker(), request.body);
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/v1/enrolments',
    {
      schema: {
        tags,
        summary: 'Ask to stand in the trust list',
        body: EnrolmentDelivery,
        response: { 204: noContent },
      },
    },
    async (request, reply) => {
      await spend(request, 'enrolmentsPerMinute', request.ip);
      await receiveEnrolment(broker(), request.body);
      return reply.code(204).send(null);
    },
  );
}

function draftRoutes(app: HttpApp, broker: () => Broker): void {
  app.get(
    '/v1/trust/draft',
    { schema: { tags, security: BEARER, summary: 'The next trust list', response: { 200: DraftView } } },
    async (request) => {
      await participantOf(broker(), request);
      const draft = await broker().office.draft();
      if (draft === undefined) throw new AppError('NOT_FOUND', { detail: 'There is no draft of a trust list.' });
      return { list: draft.list, signatures: [...draft.signatures] };
    },
  );
  app.post(
    '/v1/trust/draft/signatures',
    {
      bodyLimit: LIST_LIMIT,
      schema: {
        tags,
        security: BEARER,
        summary: 'Sign the next trust list; with enough signatures it is published',
        body: DraftSignature,
        response: { 200: DraftStanding },
      },
    },
    async (request) => {
      await participantOf(broker(), request);
      return signDraft(broker(), request.body.signed);
    },
  );
}
