/** Who is at the door: participants and persons by their short-lived signed tokens. */
import { type Caller, verifyAccess } from '@revier/connector-sdk';
import { AppError, type ParticipantId } from '@revier/schema';
import type { SecuritySchemes } from '@revier/service-kit';
import type { FastifyRequest } from 'fastify';
import type { Broker } from '../ports.ts';
import { knownCaller } from './known-tokens.ts';

/** `security` of routes that know their caller. */
export const BEARER = [{ bearer: [] }];

export const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'revier-access+jws',
    description: 'A short-lived access token, signed by a participant or by a researcher with a credential.',
  },
} as const satisfies SecuritySchemes;

/** @throws AppError UNAUTHENTICATED, FORBIDDEN unless it is a data holder */
export async function holderOf(broker: Broker, request: FastifyRequest): Promise<ParticipantId> {
  const caller = await callerOf(broker, request);
  if (caller.kind !== 'participant' || !caller.participant.roles.includes('data-holder'))
    throw new AppError('FORBIDDEN', { detail: 'Only data holders are served here.' });
  return caller.participant.id;
}

/** @throws AppError UNAUTHENTICATED; FORBIDDEN unless it is somebody of the data space */
export async function participantOf(broker: Broker, request: FastifyRequest): Promise<ParticipantId> {
  const caller = await callerOf(broker, request);
  if (caller.kind !== 'participant') throw new AppError('FORBIDDEN', { detail: 'Only participants are served here.' });
  return caller.participant.id;
}

/** @throws AppError UNAUTHENTICATED, FORBIDDEN unless it is a person */
export async function personOf(broker: Broker, request: FastifyRequest): Promise<string> {
  const caller = await callerOf(broker, request);
  if (caller.kind !== 'person') throw new AppError('FORBIDDEN', { detail: 'Only persons are served here.' });
  return caller.person;
}

/** A request is looked at before its body is read, and again by its handler: verified once. */
const callers = new WeakMap<FastifyRequest, Promise<Caller>>();

function callerOf(broker: Broker, request: FastifyRequest): Promise<Caller> {
  const found = callers.get(request) ?? verifyCaller(broker, request);
  callers.set(request, found);
  return found;
}

async function verifyCaller(broker: Broker, { headers }: FastifyRequest): Promise<Caller> {
  const token = /^Bearer ([^\s]+)$/i.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) throw new AppError('UNAUTHENTICATED');
  const { trust, participant: audience, realm } = broker;
  const options = { trust, audience, realm, now: new Date(broker.now()) };
  return knownCaller(token, options, () => verifyAccess(token, options));
}
