/** What the provider says: every word is a step that the protocol allows, saved together with the letter that tells it. */
import { randomUUID } from 'node:crypto';
import { signHalf, signNegotiation } from '@revier/connector-sdk';
import { type NegotiationSaid, negotiate } from '@revier/core';
import { AppError, DSP_CONTEXT, type DspMessage, type JwsSignature, type NegotiationMessage } from '@revier/schema';
import type { AuditEntry, Self } from '../ports.ts';
import { type Desk, type Draft, draftOf, type Ending, type LetterOut, type Negotiation } from './ports.ts';

interface Said {
  readonly move: NegotiationSaid;
  readonly message: DspMessage;
  readonly signature?: JwsSignature;
  readonly change?: Partial<Negotiation>;
}

/** @throws AppError NOT_WAITING where the protocol does not allow it now */
async function say(negotiation: Negotiation, said: Said, desk: Desk, self: Self): Promise<Negotiation> {
  const state = negotiate(negotiation.state, said.move, 'provider');
  if (state === null) throw notWaiting(negotiation);
  const next = { ...negotiation, ...said.change, state };
  await desk.save(next);
  await desk.send(await letterOf(next, said, self));
  return next;
}

export const notWaiting = ({ state }: Negotiation): AppError =>
  new AppError('NOT_WAITING', { detail: `The negotiation is ${state}.` });

async function letterOf(
  { consumer }: Negotiation,
  { message, signature }: Said,
  { participant, realm, signer, now }: Self,
): Promise<LetterOut> {
  const id = randomUUID();
  const payload: NegotiationMessage = {
    kind: 'negotiation',
    ...{ id, from: participant, to: consumer, realm, message },
    iat: Math.floor(now() / 1000),
    ...(signature === undefined ? {} : { signature }),
  };
  return { id, to: consumer, letter: await signNegotiation(payload, signer) };
}

const about = ({ consumerPid, id }: Negotiation) => ({
  '@context': [DSP_CONTEXT] satisfies DspMessage['@context'],
  consumerPid,
  providerPid: id,
});

const currentDraft = (negotiation: Negotiation): Draft => {
  const draft = draftOf(negotiation);
  if (draft === null) throw notWaiting(negotiation);
  return draft;
};

/** The limited draft, as an offer. */
export const offer = (negotiation: Negotiation, desk: Desk, self: Self): Promise<Negotiation> => {
  const message: DspMessage = {
    ...about(negotiation),
    '@type': 'ContractOfferMessage',
    offer: currentDraft(negotiation).offer,
  };
  return say(negotiation, { move: 'offer', message }, desk, self);
};

/** Signs the very bytes that people have approved. */
export async function agree(negotiation: Negotiation, desk: Desk, self: Self): Promise<Negotiation> {
  const { agreement } = currentDraft(negotiation);
  const signature = await signHalf(agreement, self.signer);
  const message: DspMessage = { ...about(negotiation), '@type': 'ContractAgreementMessage', agreement };
  return say(negotiation, { move: 'agree', message, signature, change: { own: signature } }, desk, self);
}

export const finalize = (negotiation: Negotiation, desk: Desk, self: Self): Promise<Negotiation> => {
  const message: DspMessage = {
    ...about(negotiation),
    '@type': 'ContractNegotiationEventMessage',
    eventType: 'FINALIZED',
  };
  return say(negotiation, { move: 'finalize', message }, desk, self);
};

export interface Terminating extends Ending {
  readonly decision: Extract<AuditEntry['decision'], 'application-refused' | 'application-rejected'>;
  readonly person?: string;
  readonly facts?: AuditEntry['facts'];
}

/** Entered with its code; the data user is told the reason too. */
export async function terminate(
  negotiation: Negotiation,
  { code, reason, decision, person, facts }: Terminating,
  desk: Desk,
  self: Self,
): Promise<Negotiation> {
  const told = reason.slice(0, 20).map((one) => one.slice(0, 1000));
  const message: DspMessage = {
    ...about(negotiation),
    '@type': 'ContractNegotiationTerminationMessage',
    code,
    ...(told.length === 0 ? {} : { reason: told }),
  };
  const next = await say(
    negotiation,
    { move: 'terminate', message, change: { ended: { code, reason: told } } },
    desk,
    self,
  );
  await desk.enter({ decision, codes: [code], facts: { ...factsOf(next), ...facts }, person: person ?? null });
  return next;
}

/** What an entry of the log says of a negotiation. */
export const factsOf = (negotiation: Negotiation): AuditEntry['facts'] => ({
  negotiation: negotiation.id,
  dataUser: negotiation.consumer,
  register: negotiation.application?.content.register ?? null,
  dataset: draftOf(negotiation)?.agreement.target ?? null,
  application: negotiation.application?.hash ?? null,
  agreement: draftOf(negotiation)?.hash ?? null,
});

/** Where and what, as the data user is told it. */
export function endingOf(error: AppError): Ending {
  const { detail, errors } = error.options;
  const places = (errors ?? []).map((one) => `${one.pointer || '/'}: ${one.detail}`);
  return { code: error.code, reason: places.length > 0 ? places : [detail ?? error.message] };
}
