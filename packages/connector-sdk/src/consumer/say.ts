/** Saying: what was decided becomes a signed letter and the state after it, in one record, before anything is sent. */
import { randomUUID } from 'node:crypto';
import { negotiate } from '@revier/core';
import { AppError, DSP_CONTEXT, type DspMessage, type ParticipantId, type Realm } from '@revier/schema';
import { joinHalves, signHalf } from '../negotiation/halves.ts';
import { signNegotiation } from '../negotiation/message.ts';
import type { Signer } from '../signatures/keys.ts';
import type { Intent } from './hear.ts';
import type { NegotiationRecord, Outgoing } from './records.ts';

export interface Self {
  readonly id: ParticipantId;
  readonly signer: Signer;
  readonly realm: Realm;
}

export interface Said {
  readonly record: NegotiationRecord;
  readonly outgoing: Outgoing;
}

/** @throws AppError POLICY_INVALID when this cannot be said in the state that the negotiation is in */
export async function say(record: NegotiationRecord, intent: Intent, self: Self, now: Date): Promise<Said> {
  const state = negotiate(record.state, intent.say, 'consumer');
  const { providerPid, consumerPid, holder } = record;
  if (state === null || providerPid === null)
    throw new AppError('POLICY_INVALID', {
      detail: `In the state ${record.state} with ${holder} this cannot be said.`,
    });
  const pids = { consumerPid, providerPid };
  const half = intent.say === 'verify' ? await ownHalf(record, self) : undefined;
  const message = messageOf(intent, pids);
  const letter = await signNegotiation(
    {
      ...{ kind: 'negotiation', id: randomUUID(), from: self.id, to: holder, realm: self.realm, message },
      iat: Math.floor(now.getTime() / 1000),
      ...(half === undefined ? {} : { signature: half.own }),
    },
    self.signer,
  );
  const next = { ...record, state, since: now.toISOString() };
  return { record: afterwards(next, intent, self, half), outgoing: { to: holder, letter } };
}

type Half = Awaited<ReturnType<typeof ownHalf>>;

async function ownHalf({ agreement }: NegotiationRecord, { signer }: Self) {
  if (agreement === null) throw new AppError('POLICY_INVALID', { detail: 'There is no agreement to sign.' });
  const own = await signHalf(agreement.agreement, signer);
  return { own, agreement: { ...agreement, signed: joinHalves(agreement.agreement, agreement.assigner, own) } };
}

function messageOf(intent: Intent, pids: { consumerPid: string; providerPid: string }): DspMessage {
  const context: [typeof DSP_CONTEXT] = [DSP_CONTEXT];
  const both = { '@context': context, ...pids };
  switch (intent.say) {
    case 'verify':
      return { ...both, '@type': 'ContractAgreementVerificationMessage' };
    case 'accept':
      return { ...both, '@type': 'ContractNegotiationEventMessage', eventType: 'ACCEPTED' };
    case 'request':
      return { ...both, '@type': 'ContractRequestMessage', offer: intent.offer };
    case 'terminate':
      return {
        ...{ ...both, '@type': 'ContractNegotiationTerminationMessage' },
        ...{ code: intent.code, reason: [intent.reason.slice(0, 1000)] },
      };
  }
}

function afterwards(next: NegotiationRecord, intent: Intent, self: Self, half: Half | undefined): NegotiationRecord {
  if (half !== undefined) return { ...next, agreement: half.agreement };
  if (intent.say === 'request') return { ...next, offer: intent.offer, proposed: null };
  if (intent.say === 'terminate')
    return { ...next, ended: { by: self.id, code: intent.code, reasons: [intent.reason] } };
  return next;
}
