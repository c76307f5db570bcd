/** A data user for tests, with real signatures: applies, hears, accepts and signs; and says anything else that a test wants. */
import { randomUUID } from 'node:crypto';
import {
  createSigner,
  signApplication,
  signHalf,
  signNegotiation,
  type VerifiedNegotiation,
  verifyNegotiation,
} from '@revier/connector-sdk';
import {
  canonicalQuestion,
  documentStore,
  type OfferTerms,
  offersOf,
  openCatalogue,
  type Vocabulary,
} from '@revier/core';
import {
  type Agreement,
  type Application,
  builtInCodeLists,
  builtInModels,
  builtInStandards,
  DSP_CONTEXT,
  type DspMessage,
  type JwsSignature,
  NegotiationMessage,
  type ParticipantId,
  type PolicyOffer,
} from '@revier/schema';
import { countQuestion, type Federation, until } from './federation.case.ts';
import type { Party } from './parties.case.ts';

export const register = 'urn:revier:register:inbox-ruhr';
export const question = { ...countQuestion, register };
const context: DspMessage['@context'] = [DSP_CONTEXT];
const later = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

/** The version of the catalogue that the broker has at the moment. */
export function vocabularyOf({ ruhr, broker }: Federation): Vocabulary {
  const own = ruhr.holders.map(({ description }) => description);
  const documents = [...builtInModels, ...builtInCodeLists, ...builtInStandards, ruhr.areas, ruhr.deprivation, ...own];
  return openCatalogue(broker.catalogue(), documentStore(documents));
}

export const applicationFor = (vocabulary: Vocabulary, change: Partial<Application> = {}): Application => ({
  kind: 'application',
  register,
  realm: 'test',
  version: 1,
  dataUser: 'did:web:university.example',
  title: { de: 'Lungenkrebs an der Ruhr', en: 'Lung cancer at the Ruhr' },
  purpose: question.purpose,
  aim: 'Whether lung cancer differs between cities.',
  hypotheses: ['It does.'],
  legalBasis: 'lkrg-nrw:P23',
  recipientBasis: 'University law',
  people: [{ person: 'r17', role: 'researcher', lead: true }],
  author: 'a1',
  publicationPlan: 'A paper.',
  questions: [canonicalQuestion(question)],
  catalogue: vocabulary.hash,
  from: later(-1),
  expires: later(300),
  submitted: later(-0.1),
  ...change,
});

export interface Applied {
  readonly consumerPid: string;
  readonly offer: PolicyOffer;
  readonly application: Application;
}

export interface DataUser {
  readonly party: Party;
  /** The offer for the registry's dataset that the application comes to. */
  offer(application: Application, terms?: OfferTerms): PolicyOffer;
  apply(change?: {
    readonly application?: Partial<Application>;
    readonly offer?: (offer: PolicyOffer) => unknown;
    readonly terms?: OfferTerms;
    readonly consumerPid?: string;
  }): Promise<Applied>;
  say(message: DspMessage, signature?: JwsSignature): Promise<string>;
  /** Whatever a test wants, signed. */
  sayAnything(payload: object): Promise<string>;
  /** The newest word of the holder in this negotiation, once it is of this kind. */
  heard(consumerPid: string, word: VerifiedNegotiation['word']): Promise<VerifiedNegotiation>;
  verify(agreed: VerifiedNegotiation, change?: (agreement: Agreement) => Agreement): Promise<void>;
  accept(consumerPid: string, providerPid: string): Promise<string>;
}

export async function dataUser(
  federation: Federation,
  party: Party = federation.parties.university,
): Promise<DataUser> {
  const { parties } = federation;
  const holder: ParticipantId = parties.holder('registry').id;
  const signer = await createSigner(party.privateKey);
  const vocabulary = vocabularyOf(federation);
  const put = (letter: string): string => {
    federation.broker.post.put(holder, party.id, letter);
    return letter;
  };
  const envelope = (message: unknown, more: object = {}) => ({
    kind: 'negotiation' as const,
    ...{ id: randomUUID(), from: party.id, to: holder, realm: 'test' as const, message },
    iat: Math.floor(Date.now() / 1000),
    ...more,
  });
  const sayAnything: DataUser['sayAnything'] = async (payload) =>
    put(await signer.sign('revier-negotiation+jws', payload));
  const say: DataUser['say'] = async (message, signature) => {
    const payload = envelope(message, signature === undefined ? {} : { signature });
    return put(await signNegotiation(NegotiationMessage.parse(payload), signer));
  };
  const offer: DataUser['offer'] = (application, terms = {}) => {
    const found = offersOf(application, vocabulary, terms).find((one) => one.holder === holder);
    if (found === undefined) throw new Error('the questions need nothing of the registry');
    return found.offer;
  };
  const heardAll = async (): Promise<VerifiedNegotiation[]> => {
    const options = { trust: parties.trust, realm: 'test' as const, to: party.id, now: new Date() };
    const letters = federation.broker.post.boxOf(party.id);
    const read = await Promise.all(letters.map((one) => verifyNegotiation(one, options).catch(() => undefined)));
    return read.flatMap((one) => one ?? []);
  };
  return {
    party,
    offer,
    say,
    sayAnything,
    async apply({
      application: change = {},
      offer: changed = (one: PolicyOffer): unknown => one,
      terms = {},
      consumerPid = pid(),
    } = {}) {
      const application = applicationFor(vocabulary, { dataUser: party.id, ...change });
      const asked = offer(application, terms);
      const message = {
        '@context': context,
        '@type': 'ContractRequestMessage',
        ...{ consumerPid, offer: changed(asked), callbackAddress: 'urn:revier:letters' },
      };
      await sayAnything(envelope(message, { application: await signApplication(application, signer) }));
      return { consumerPid, offer: asked, application };
    },
    heard: (consumerPid, word) =>
      until(
        async () =>
          (await heardAll())
            .filter(({ payload }) => payload.message.consumerPid === consumerPid)
            .findLast((one) => one.word === word),
        () => `the holder has not said ${word}`,
      ),
    async verify({ payload: { message } }, change = (one) => one) {
      if (message['@type'] !== 'ContractAgreementMessage') throw new Error('this is no agreement');
      const { consumerPid, providerPid, agreement } = message;
      await say(
        { '@context': context, '@type': 'ContractAgreementVerificationMessage', consumerPid, providerPid },
        await signHalf(change(agreement), signer),
      );
    },
    accept: (consumerPid, providerPid) =>
      say({
        '@context': context,
        '@type': 'ContractNegotiationEventMessage',
        ...{ consumerPid, providerPid, eventType: 'ACCEPTED' },
      }),
  };
}

const pid = (): string => `urn:uuid:${randomUUID()}`;
