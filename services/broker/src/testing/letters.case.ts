/** Letters for tests: an application over two cities, and what its data user and a holder say to each other about it, really signed. */
import { randomUUID } from 'node:crypto';
import { createBrokerClient, signApplication, signNegotiation } from '@revier/connector-sdk';
import { canonicalQuestion, offersOf } from '@revier/core';
import { type Application, DSP_CONTEXT, type DspMessage, type NegotiationMessage } from '@revier/schema';
import { smallDatasets, smallVocabulary } from '@revier/testkit';
import { BROKER, type Federation, REGISTER, USER } from './data-space.case.ts';
import { CITY_A, CITY_B, inhabitants } from './two-cities.case.ts';

const vocabulary = smallVocabulary(smallDatasets.filter(({ holder }) => [CITY_A, CITY_B].includes(holder)));

export const applicationOf = (over: Partial<Application> = {}): Application => ({
  kind: 'application',
  register: REGISTER,
  realm: 'test',
  version: 1,
  dataUser: USER,
  title: { de: 'Darmkrebs im Ruhrgebiet', en: 'Colorectal cancer in the Ruhr' },
  purpose: inhabitants.purpose,
  aim: 'Whether late stages are more frequent where deprivation is high.',
  hypotheses: [],
  legalBasis: 'gdpr:A9-2-j',
  recipientBasis: 'Research task of the university',
  people: [{ person: 'erika17', role: 'researcher', lead: true }],
  author: 'erika17',
  publicationPlan: 'An article, open access.',
  questions: [canonicalQuestion({ ...inhabitants, register: over.register ?? REGISTER })],
  catalogue: vocabulary.hash,
  from: '2026-01-01T00:00:00Z',
  expires: '2099-01-01T00:00:00Z',
  submitted: '2026-01-01T00:00:00Z',
  ...over,
});

export interface Pids {
  readonly consumerPid: string;
  readonly providerPid: string;
}

export const newPids = (): Pids => ({
  consumerPid: `urn:uuid:${randomUUID()}`,
  providerPid: `urn:uuid:${randomUUID()}`,
});

/** The offer to City A. */
export function offerTo(holder: string, application = applicationOf()) {
  const found = offersOf(application, vocabulary).find((one) => one.holder === holder);
  if (found === undefined) throw new Error(`Nothing is asked of ${holder}.`);
  return found.offer;
}

export interface Correspondence {
  sign(from: string, to: string, message: DspMessage, more?: Partial<NegotiationMessage>): Promise<string>;
  request(pids: Pids, application?: Application): Promise<string>;
  client(id: string): ReturnType<typeof createBrokerClient>;
}

export function correspondence({ member, url }: Federation): Correspondence {
  const sign: Correspondence['sign'] = (from, to, message, more = {}) =>
    signNegotiation(
      {
        ...{ kind: 'negotiation', id: randomUUID(), from, to, realm: 'test', message },
        iat: Math.floor(Date.now() / 1000),
        ...more,
      },
      member(from).signer,
    );
  return {
    sign,
    request: async ({ consumerPid }, application = applicationOf()) =>
      sign(
        USER,
        CITY_A,
        {
          '@context': [DSP_CONTEXT],
          '@type': 'ContractRequestMessage',
          consumerPid,
          offer: offerTo(CITY_A, application),
          callbackAddress: 'urn:revier:letters',
        },
        { application: await signApplication(application, member(USER).signer) },
      ),
    client: (id) => {
      const identity = { signer: member(id).signer, iss: id, aud: BROKER, realm: 'test' as const };
      return createBrokerClient({ baseUrl: url(), identity });
    },
  };
}
