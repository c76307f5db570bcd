/** What a data user says in a negotiation: examined first, then taken in one transaction with everything that follows from it. */
import { randomUUID } from 'node:crypto';
import { type VerifiedApplication, type VerifiedNegotiation, verifyHalf } from '@revier/connector-sdk';
import { negotiate } from '@revier/core';
import { AppError, type DspMessage, type NegotiationMessage } from '@revier/schema';
import { decideByPolicy } from './decide-by-policy.ts';
import { examineRequest } from './examine-request.ts';
import { settle } from './four-eyes.ts';
import { isAdvice, latticeOf } from './lattice-of.ts';
import { isPassing } from './passing.ts';
import { type Desk, type Draft, draftOf, type Negotiation } from './ports.ts';
import { type InboxDeps, type Room, roomOf } from './room.ts';
import { endingOf, factsOf, terminate } from './say.ts';

/** What was found out about a message before the transaction begins. */
interface Examined {
  readonly draft: Draft | undefined;
  readonly fault: AppError | undefined;
  readonly isLatticeSafe: boolean | null;
}

/** Undefined when nothing has changed: a repetition, or a word that the state does not allow. */
export async function takeNegotiation(
  seq: number,
  verified: VerifiedNegotiation,
  deps: InboxDeps,
  signal: AbortSignal,
): Promise<Negotiation | undefined> {
  const examined = await examine(verified, deps, signal);
  const room = { ...(await roomOf(deps)), isLatticeSafe: examined.isLatticeSafe };
  return deps.negotiations.change(async (desk) => {
    await desk.advance(seq);
    if (!(await desk.take(verified.payload.id))) return undefined;
    const known = await knownOf(verified.payload, desk);
    if (known === undefined) return begin(verified, examined, desk, room);
    const state = known === null ? null : negotiate(known.state, verified.word, 'consumer');
    if (known === null || state === null) {
      deps.logger.warn({ from: verified.from, word: verified.word }, 'a message does not fit any negotiation as it is');
      return undefined;
    }
    return proceed({ ...known, state }, known, verified, { examined, desk, room });
  });
}

/** Undefined for a first request; null for a negotiation that is not there, or is another's. */
async function knownOf({ from, message }: NegotiationMessage, desk: Desk): Promise<Negotiation | null | undefined> {
  if (message['@type'] === 'ContractRequestMessage' && message.providerPid === undefined)
    return (await desk.ofConsumer(from, message.consumerPid)) === undefined ? undefined : null;
  const found = message.providerPid === undefined ? undefined : await desk.find(message.providerPid);
  return found?.consumer === from && found.consumerPid === message.consumerPid ? found : null;
}

/** @throws what is passing; every other fault is an outcome */
async function examine(verified: VerifiedNegotiation, deps: InboxDeps, signal: AbortSignal): Promise<Examined> {
  try {
    const draft = await examined(verified, deps, signal);
    return { draft, fault: undefined, isLatticeSafe: await safetyOf(draft, verified, deps, signal) };
  } catch (error) {
    if (isPassing(error) || signal.aborted) throw error;
    const fault = error instanceof AppError ? error : new AppError('INVALID_REQUEST', { cause: error });
    if (fault !== error) deps.logger.error({ err: error }, 'a request could not be examined');
    return { draft: undefined, fault, isLatticeSafe: null };
  }
}

/** For standing policies; people see the words beside the draft. */
async function safetyOf(
  draft: Draft | undefined,
  { application, payload }: VerifiedNegotiation,
  deps: InboxDeps,
  signal: AbortSignal,
): Promise<boolean | null> {
  const known = 'providerPid' in payload.message ? payload.message.providerPid : undefined;
  const before = known === undefined ? undefined : await deps.negotiations.find(known);
  const content = keptApplication(application) ?? before?.application ?? null;
  if (draft === undefined || content === null || isAdvice(deps)) return null;
  const { verdict } = await latticeOf({ application: content }, draft.agreement, deps, signal);
  return verdict === 'safe' ? true : verdict === 'open' ? null : false;
}

async function examined(
  { payload: { message, signature, from }, application }: VerifiedNegotiation,
  deps: InboxDeps,
  signal: AbortSignal,
): Promise<Draft | undefined> {
  const { self, negotiations } = deps;
  const id = 'providerPid' in message ? message.providerPid : undefined;
  const known = id === undefined ? undefined : await negotiations.find(id);
  if (message['@type'] === 'ContractRequestMessage') {
    const content = application?.application ?? known?.application?.content;
    if (content === undefined) return undefined;
    const timestamp = new Date(self.now()).toISOString();
    return examineRequest({ application: content, offer: message.offer, timestamp }, deps, signal);
  }
  const draft = known === undefined ? null : draftOf(known);
  if (signature !== undefined && draft !== null)
    await verifyHalf(draft.agreement, signature, { trust: self.trust, by: from, now: new Date(self.now()) });
  return undefined;
}

export const beginning = (
  of: Pick<Negotiation, 'consumer' | 'consumerPid' | 'came'> & Partial<Negotiation>,
): Negotiation => ({
  id: `urn:uuid:${randomUUID()}`,
  state: 'REQUESTED',
  ...{ application: null, asked: null, limited: null, own: null, theirs: null, ended: null },
  ...of,
});

const MOST_WAITING = 500;

async function begin(
  { payload: { message }, from: consumer, application }: VerifiedNegotiation,
  { draft, fault }: Examined,
  desk: Desk,
  room: Room,
): Promise<Negotiation> {
  const begun = beginning({
    ...{ consumer, consumerPid: message.consumerPid, came: new Date(room.self.now()).toISOString() },
    application: keptApplication(application),
    asked: draft ?? null,
  });
  const waiting = (await desk.list()).filter((one) => one.consumer === consumer && one.state === 'REQUESTED');
  const refused = fault ?? (waiting.length < MOST_WAITING ? undefined : new AppError('RATE_LIMITED'));
  if (refused !== undefined || draft === undefined)
    return terminate(
      begun,
      { ...endingOf(refused ?? new AppError('INVALID_REQUEST')), decision: 'application-refused' },
      desk,
      room.self,
    );
  return received(begun, desk, room);
}

const keptApplication = (verified: VerifiedApplication | undefined): Negotiation['application'] =>
  verified === undefined ? null : { content: verified.application, signed: verified.jws, hash: verified.hash };

async function received(negotiation: Negotiation, desk: Desk, room: Room): Promise<Negotiation> {
  await desk.save(negotiation);
  await desk.enter({ decision: 'application-received', codes: [], facts: factsOf(negotiation), person: null });
  return decideByPolicy(negotiation, desk, room);
}

interface Proceeding {
  readonly examined: Examined;
  readonly desk: Desk;
  readonly room: Room;
}

/** The state is the one that the message leads to; before that, nothing has been saved. */
async function proceed(
  next: Negotiation,
  known: Negotiation,
  { payload: { message, signature } }: VerifiedNegotiation,
  { examined: { draft, fault }, desk, room }: Proceeding,
): Promise<Negotiation> {
  if (fault !== undefined)
    return terminate(known, { ...endingOf(fault), decision: 'application-refused' }, desk, room.self);
  switch (message['@type']) {
    case 'ContractRequestMessage':
      return received({ ...next, asked: draft ?? known.asked, limited: null }, desk, room);
    case 'ContractNegotiationEventMessage':
      await desk.save(next);
      return settle(next, desk, room);
    case 'ContractAgreementVerificationMessage': {
      const verified = { ...next, theirs: signature ?? null };
      await desk.save(verified);
      return verified;
    }
    default:
      return ended(next, message, desk);
  }
}

async function ended(negotiation: Negotiation, message: DspMessage, desk: Desk): Promise<Negotiation> {
  const { code, reason } = 'reason' in message || 'code' in message ? message : {};
  const over = { ...negotiation, ended: { code: code ?? 'TERMINATED', reason: reason ?? [] } };
  await desk.save(over);
  await desk.enter({ decision: 'negotiation-ended', codes: ['TERMINATED'], facts: factsOf(over), person: null });
  return over;
}
