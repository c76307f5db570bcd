/** Who is at the door: participants by their short-lived signed tokens, people by the log-in of their provider. */
import { type Caller, keyIdOf, personOf, verifyAccess, verifyCredential } from '@revier/connector-sdk';
import { AppError, CREDENTIAL_HEADER, type ParticipantId } from '@revier/schema';
import type { HttpApp, SecuritySchemes } from '@revier/service-kit';
import type { FastifyRequest } from 'fastify';
import type { SpaceAction, Wish } from '../access/actions.ts';
import { type Principal, principalOf as principalFor, type ShownCredential } from '../access/principal.ts';
import type { ProvedLogin } from '../log-in-ports.ts';
import type { Broker } from '../ports.ts';
import { knownCaller } from './known-tokens.ts';

/** `security` of routes for participants. */
export const BEARER = [{ participant: [] }];
/** `security` of routes for people. */
export const PERSON = [{ person: [] }];
/** `security` of routes for people and for participants: who comes with DPoP is a person. */
export const EITHER = [{ participant: [] }, { person: [] }];

export const comesAsPerson = ({ headers, routeOptions: { schema } }: FastifyRequest): boolean =>
  schema?.security === PERSON || (schema?.security === EITHER && /^DPoP /i.test(headers.authorization ?? ''));

export const securitySchemes = {
  participant: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'revier-access+jws',
    description: 'An access token that a participant has signed itself, for five minutes at most.',
  },
  person: {
    type: 'http',
    scheme: 'dpop',
    bearerFormat: 'at+jwt',
    description: `A person's access token (RFC 9068) with a proof of possession in the header DPoP (RFC 9449); researchers add their credential in ${CREDENTIAL_HEADER}.`,
  },
} as const satisfies SecuritySchemes;

/** @throws AppError UNAUTHENTICATED, FORBIDDEN unless it is a data holder */
export async function holderOf(broker: Broker, request: FastifyRequest): Promise<ParticipantId> {
  const { participant } = await callerOf(broker, request);
  if (!participant.roles.includes('data-holder'))
    throw new AppError('FORBIDDEN', { detail: 'Only data holders are served here.' });
  return participant.id;
}

/** @throws AppError UNAUTHENTICATED */
export async function participantOf(broker: Broker, request: FastifyRequest): Promise<ParticipantId> {
  return (await callerOf(broker, request)).participant.id;
}

/** Whoever is logged in, with whom they stand for. @throws AppError UNAUTHENTICATED, TOKEN_INVALID, LOGIN_UNAVAILABLE, CREDENTIAL_INVALID */
export async function principalOf(broker: Broker, request: FastifyRequest): Promise<Principal> {
  return principalFor(await loginOf(broker, request), await credentialOf(broker, request));
}

/** @throws AppError FORBIDDEN */
export function assertMay({ decide }: Broker, principal: Principal, wish: Wish): void {
  if (!decide(principal, wish))
    throw new AppError('FORBIDDEN', { detail: `None of your roles allows ${wish.action}.` });
}

/**
 * An operator, as a person whom the rules let do this, or as a participant of the trust list with that role.
 * @throws AppError UNAUTHENTICATED, TOKEN_INVALID, LOGIN_UNAVAILABLE; FORBIDDEN for anybody else
 */
export async function assertOperator(broker: Broker, request: FastifyRequest, action: SpaceAction): Promise<void> {
  if (comesAsPerson(request)) return assertMay(broker, await principalOf(broker, request), { action });
  const { participant } = await callerOf(broker, request);
  if (!participant.roles.includes('operator'))
    throw new AppError('FORBIDDEN', { detail: 'Only operators are served here.' });
}

/** Who may read the log: every participant, and people whom the rules let. @throws AppError as `assertOperator` does */
export async function assertReader(broker: Broker, request: FastifyRequest): Promise<void> {
  if (comesAsPerson(request)) return assertMay(broker, await principalOf(broker, request), { action: 'audit.read' });
  await participantOf(broker, request);
}

declare module 'fastify' {
  interface FastifyRequest {
    /** A request is looked at before its body is read, and again by its handler: verified once. */
    caller: Promise<Caller> | null;
    login: Promise<ProvedLogin> | null;
  }
}

/** Room for who is at the door in every request. */
export function rememberCallers(app: HttpApp): void {
  app.decorateRequest('caller', null);
  app.decorateRequest('login', null);
}

/** @throws AppError UNAUTHENTICATED, TOKEN_INVALID, LOGIN_UNAVAILABLE */
export function loginOf(broker: Broker, request: FastifyRequest): Promise<ProvedLogin> {
  request.login ??= openLogin(broker, request);
  return request.login;
}

function callerOf(broker: Broker, request: FastifyRequest): Promise<Caller> {
  request.caller ??= verifyCaller(broker, request);
  return request.caller;
}

async function openLogin({ logIns }: Broker, { method, url: path, headers }: FastifyRequest): Promise<ProvedLogin> {
  const { authorization } = headers;
  if (authorization === undefined || !/^(DPoP|Bearer) \S+$/i.test(authorization)) throw new AppError('UNAUTHENTICATED');
  const proof = headers.dpop === undefined ? undefined : [headers.dpop].flat().join(', ');
  const forwarded = Object.keys(headers).some((name) => name === 'forwarded' || name.startsWith('x-forwarded-'));
  return logIns.open({ method, path, authorization, proof, forwarded });
}

async function credentialOf(
  { trust, realm, now }: Broker,
  { headers }: FastifyRequest,
): Promise<ShownCredential | undefined> {
  const jws = headers[CREDENTIAL_HEADER.toLowerCase()];
  if (jws === undefined) return undefined;
  const credential = await verifyCredential([jws].flat().join(), { trust, realm, now: new Date(now()) });
  return { credential, key: await keyIdOf(credential.key), person: personOf(credential) };
}

async function verifyCaller(broker: Broker, { headers }: FastifyRequest): Promise<Caller> {
  const token = /^Bearer ([^\s]+)$/i.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) throw new AppError('UNAUTHENTICATED');
  const { trust, participant: audience, realm } = broker;
  const options = { trust, audience, realm, now: new Date(broker.now()) };
  return knownCaller(token, options, () => verifyAccess(token, options));
}
