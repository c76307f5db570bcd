/** Checkpoints of all logs: what participants tell of their own, and what they say of each other's. */
import { Readable } from 'node:stream';
import { originOf } from '@revier/connector-sdk';
import {
  CheckpointList,
  CheckpointStep,
  CheckpointSteps,
  CosignatureDelivery,
  CosignatureList,
  StepsQuery,
} from '@revier/schema';
import type { HttpApp } from '@revier/service-kit';
import type { Broker } from '../ports.ts';
import { hangOutOwn, putCheckpoint, putCosignature, stepsAfter } from '../use-cases/carry-checkpoints.ts';
import { assertReader, BEARER, EITHER, participantOf } from './caller.ts';
import { noContent, rawReply } from './replies.ts';

const tags = ['audit'];

export function checkpointRoutes(app: HttpApp, broker: () => Broker): void {
  telling(app, broker);
  reading(app, broker);
}

function telling(app: HttpApp, broker: () => Broker): void {
  app.put(
    '/v1/node/checkpoint',
    {
      schema: {
        tags,
        security: BEARER,
        summary: 'A new checkpoint of your log, with the proof that it goes on from the last one',
        body: CheckpointStep,
        response: { 204: noContent },
      },
    },
    async (request, reply) => {
      await putCheckpoint(broker(), await participantOf(broker(), request), request.body);
      return reply.code(204).send(null);
    },
  );
  app.put(
    '/v1/node/cosignature',
    {
      schema: {
        tags,
        security: BEARER,
        summary: 'You have verified a checkpoint of another log',
        body: CosignatureDelivery,
        response: { 204: noContent },
      },
    },
    async (request, reply) => {
      await putCosignature(broker(), await participantOf(broker(), request), request.body);
      return reply.code(204).send(null);
    },
  );
}

function reading(app: HttpApp, broker: () => Broker): void {
  app.get(
    '/v1/node/checkpoints',
    { schema: { tags, security: BEARER, summary: 'How far every log has come', response: { 200: CheckpointList } } },
    async (request) => {
      const caller = await participantOf(broker(), request);
      return { logs: [...(await broker().carried.sizes(originOf(caller, broker().realm)))] };
    },
  );
  app.get(
    '/v1/node/checkpoints/steps',
    {
      schema: {
        tags,
        security: BEARER,
        summary: 'The steps of a log after a size, oldest first; the newest alone without a size',
        querystring: StepsQuery,
        response: { 200: CheckpointSteps },
      },
    },
    async (request) => {
      await participantOf(broker(), request);
      return { steps: [...(await stepsAfter(broker(), request.query.origin, request.query.after))] };
    },
  );
  app.get(
    '/v1/node/cosignatures',
    {
      schema: { tags, security: BEARER, summary: 'What others say of your log', response: { 200: CosignatureList } },
    },
    async (request) => {
      const caller = await participantOf(broker(), request);
      return { cosignatures: [...(await broker().carried.cosignatures(originOf(caller, broker().realm)))] };
    },
  );
  app.get(
    '/v1/node/audit',
    {
      schema: {
        tags,
        security: EITHER,
        summary: "The broker's own log, as JSON lines: persons by commitment only",
        response: { 200: rawReply('application/x-ndjson', 'Entries, checkpoints, snapshots') },
      },
    },
    async (request, reply) => {
      await assertReader(broker(), request);
      // Nobody should have to wait for the next round to see the newest entries signed.
      await hangOutOwn(broker());
      return reply.type('application/x-ndjson').send(Readable.from(linesOf(broker())));
    },
  );
}

async function* linesOf({ log }: Broker): AsyncGenerator<string> {
  for await (const line of log.export()) yield `${JSON.stringify(line)}\n`;
}
