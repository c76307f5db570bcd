/** A data holder that says what a test wants it to: real letters through a real broker, really signed. */
import { randomUUID } from 'node:crypto';
import type { Trust } from '@revier/connector-sdk';
import { signHalf, signNegotiation, signStatus, verifyHalf, verifyNegotiation } from '@revier/connector-sdk';
import { agreementOf, contentHash } from '@revier/core';
import {
  type Agreement,
  DSP_CONTEXT,
  type DspMessage,
  type JwsSignature,
  type NegotiationMessage,
  type PolicyOffer,
  type StatusStatement,
} from '@revier/schema';
import { type Federation, USER } from './data-space.case.ts';
import { correspondence } from './letters.case.ts';

export interface ScriptedProvider {
  /** Negotiation messages that have come since the last look. */
  heard(): Promise<NegotiationMessage[]>;
  /** The newest request. */
  request(): Promise<{ readonly offer: PolicyOffer; readonly consumerPid: string }>;
  say(consumerPid: string, words: Words, over?: Partial<NegotiationMessage>): Promise<string>;
  offer(consumerPid: string, offer: PolicyOffer): Promise<string>;
  agree(consumerPid: string, offer: PolicyOffer, change?: Partial<Agreement>): Promise<Agreement>;
  finalize(consumerPid: string): Promise<string>;
  terminate(consumerPid: string): Promise<string>;
  status(statement: Pick<StatusStatement, 'agreement' | 'seq' | 'status'>): Promise<void>;
  /** That the consumer's half holds under the agreement. */
  assertVerified(agreement: Agreement, half: JwsSignature | undefined): Promise<void>;
}

type Words = Partial<DspMessage> & { readonly '@type': DspMessage['@type'] };

export function scriptedProvider(federation: Federation, id: string, trust: Trust): ScriptedProvider {
  const { signer } = federation.member(id);
  const client = () => correspondence(federation).client(id);
  const providerPids = new Map<string, string>();
  let after = 0;
  const pidOf = (consumerPid: string): string => {
    const known = providerPids.get(consumerPid) ?? `urn:uuid:${randomUUID()}`;
    providerPids.set(consumerPid, known);
    return known;
  };
  const say: ScriptedProvider['say'] = async (consumerPid, words, over = {}) => {
    // A script may say what the types would not let it.
    const message = { '@context': [DSP_CONTEXT], consumerPid, providerPid: pidOf(consumerPid), ...words } as DspMessage;
    const letter = await signNegotiation(
      {
        ...{ kind: 'negotiation', id: randomUUID(), from: id, to: USER, realm: 'test', message },
        iat: Math.floor(Date.now() / 1000),
        ...over,
      },
      signer,
    );
    await client().sendLetter(letter, USER);
    return letter;
  };
  const heard = async (): Promise<NegotiationMessage[]> => {
    const letters = await client().letters(after, 0);
    after = letters.at(-1)?.seq ?? after;
    const options = { trust, realm: 'test' as const, to: id, now: new Date() };
    const negotiations = letters.filter(({ letter }) => kindOf(letter) === 'revier-negotiation+jws');
    return Promise.all(negotiations.map(async ({ letter }) => (await verifyNegotiation(letter, options)).payload));
  };
  return {
    heard,
    say,
    request: async () => {
      const message = (await heard()).at(-1)?.message;
      if (message?.['@type'] !== 'ContractRequestMessage') throw new Error('No request has come.');
      return { offer: message.offer, consumerPid: message.consumerPid };
    },
    offer: (consumerPid, offer) => say(consumerPid, { '@type': 'ContractOfferMessage', offer }),
    agree: async (consumerPid, offer, change = {}) => {
      const timestamp = new Date().toISOString();
      const agreement = { ...agreementOf(offer, { assignee: USER, timestamp }), ...change };
      const signature = await signHalf(agreement, signer);
      await say(consumerPid, { '@type': 'ContractAgreementMessage', agreement }, { signature });
      return agreement;
    },
    finalize: (consumerPid) => say(consumerPid, { '@type': 'ContractNegotiationEventMessage', eventType: 'FINALIZED' }),
    terminate: (consumerPid) =>
      say(consumerPid, { '@type': 'ContractNegotiationTerminationMessage', code: 'PURPOSE', reason: ['no'] }),
    status: async (statement) => {
      const at = new Date().toISOString();
      const successor = { agreement: contentHash('next'), tightening: false };
      const letter = await signStatus(
        {
          ...{ kind: 'agreement-status', by: id, realm: 'test', at, ...statement },
          ...(statement.status === 'SUPERSEDED' ? { successor } : {}),
        },
        signer,
      );
      await client().sendLetter(letter, USER);
    },
    assertVerified: async (agreement, half) => {
      if (half === undefined) throw new Error('No half has come.');
      await verifyHalf(agreement, half, { trust, by: USER, now: new Date() });
    },
  };
}

const kindOf = (letter: string): unknown =>
  JSON.parse(Buffer.from(letter.split('.')[0] ?? '', 'base64url').toString('utf8')).typ;
