/** Letters at the scripted broker: verified, carried once, handed to whoever they are to; and what a holder says, really signed. */
import { randomUUID } from 'node:crypto';
import { type NegotiationWord, signHalf, signNegotiation, verifyAccess, verifyLetter } from '@revier/connector-sdk';
import { agreementOf } from '@revier/core';
import {
  DSP_CONTEXT,
  type DspMessage,
  type LetterList,
  LetterQuery,
  LetterToSend,
  NegotiationMessage,
  type PolicyOffer,
} from '@revier/schema';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BROKER, of, type SmallRealm } from './small-realm.case.ts';

export interface PostOffice {
  /** The newest request to a holder. */
  requestTo(holder: string): { readonly offer: PolicyOffer; readonly consumerPid: string };
  /** What a holder was told, by message type. */
  toldTo(holder: string): readonly string[];
  say(holder: string, consumerPid: string, word: NegotiationWord, offer?: PolicyOffer): Promise<void>;
}

export function postOffice(app: FastifyInstance, realm: SmallRealm): PostOffice {
  const boxes = new Map<string, LetterList['letters']>();
  const { trust } = realm;
  const options = () => ({ trust, realm: 'test' as const, now: new Date() });
  const callerOf = async ({ headers }: FastifyRequest): Promise<string> => {
    const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
    return (await verifyAccess(token, { ...options(), audience: BROKER })).participant.id;
  };
  const put = (to: string, from: string, letter: string): void => {
    const box = boxes.get(to) ?? [];
    if (box.every((one) => one.letter !== letter))
      boxes.set(to, [...box, { seq: box.length + 1, from, letter, came: new Date().toISOString() }]);
  };
  app.post('/v1/letters', async (request, reply) => {
    const { to, letter } = LetterToSend.parse(request.body);
    const { from } = await verifyLetter(letter, { ...options(), to });
    if (from !== (await callerOf(request))) throw new Error('not the sender');
    put(to, from, letter);
    return reply.status(204).send();
  });
  app.get('/v1/letters', async (request): Promise<LetterList> => {
    const { after } = LetterQuery.parse(request.query);
    return { letters: (boxes.get(await callerOf(request)) ?? []).filter(({ seq }) => seq > after) };
  });
  const messagesTo = (holder: string): NegotiationMessage[] =>
    (boxes.get(holder) ?? []).flatMap(({ letter }) => {
      const payload = JSON.parse(Buffer.from(letter.split('.')[1] ?? '', 'base64url').toString('utf8'));
      return payload.kind === 'negotiation' ? [NegotiationMessage.parse(payload)] : [];
    });
  const providerPid = `urn:uuid:${randomUUID()}`;
  return {
    requestTo: (holder) => {
      const message = messagesTo(holder).at(-1)?.message;
      if (message?.['@type'] !== 'ContractRequestMessage') throw new Error(`${holder} was not asked.`);
      return message;
    },
    toldTo: (holder) => messagesTo(holder).map(({ message }) => message['@type']),
    say: async (holder, consumerPid, word, offer) => {
      const user = of(realm.actors, 'university').id;
      const { signer } = of(realm.actors, holder);
      const both = { '@context': [DSP_CONTEXT] as [typeof DSP_CONTEXT], consumerPid, providerPid };
      const agreement = offer && agreementOf(offer, { assignee: user, timestamp: new Date().toISOString() });
      const message: DspMessage =
        word === 'offer' && offer !== undefined
          ? { ...both, '@type': 'ContractOfferMessage', offer }
          : word === 'agree' && agreement !== undefined
            ? { ...both, '@type': 'ContractAgreementMessage', agreement }
            : word === 'finalize'
              ? { ...both, '@type': 'ContractNegotiationEventMessage', eventType: 'FINALIZED' }
              : {
                  ...both,
                  '@type': 'ContractNegotiationTerminationMessage',
                  code: 'PURPOSE',
                  reason: ['Not for \u001b[31mthis.'],
                };
      const half =
        message['@type'] === 'ContractAgreementMessage' ? await signHalf(message.agreement, signer) : undefined;
      const letter = await signNegotiation(
        {
          ...{ kind: 'negotiation', id: randomUUID(), from: holder, to: user, realm: 'test', message },
          iat: Math.floor(Date.now() / 1000),
          ...(half === undefined ? {} : { signature: half }),
        },
        signer,
      );
      put(user, holder, letter);
    },
  };
}
