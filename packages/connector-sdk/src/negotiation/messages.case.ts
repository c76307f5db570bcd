/** For tests: every message of a negotiation between a university and a holder, as either side would make it. */
import { randomUUID } from 'node:crypto';
import { agreementOf, purposeSchemeHash } from '@revier/core';
import {
  type Agreement,
  type Application,
  DSP_CONTEXT,
  type DspMessage,
  type NegotiationMessage,
  type PolicyOffer,
  Question,
} from '@revier/schema';
import { agreement as anAgreement, HASH, question, REGISTER, SECONDS, type World } from '../signatures/actors.case.ts';
import { signApplication } from './statements.ts';

export const context = { '@context': [DSP_CONTEXT] as [typeof DSP_CONTEXT] };
export const pids = {
  consumerPid: 'urn:uuid:32541fe6-c580-409e-85a8-8a9a32fbe833',
  providerPid: 'urn:uuid:a343fcbf-99fc-4ce8-8e9b-148c97605aab',
};

export const application = (dataUser: string, over: Partial<Application> = {}): Application => ({
  kind: 'application',
  register: REGISTER,
  realm: 'test',
  version: 1,
  dataUser,
  title: { de: 'Krebs', en: 'Cancer' },
  purpose: 'ehds:HealthcareScientificResearch',
  aim: 'To find out.',
  hypotheses: [],
  legalBasis: 'gdpr:A9-2-j',
  recipientBasis: 'Research',
  people: [{ person: 'r17', role: 'researcher', lead: true }],
  author: 'r17',
  publicationPlan: 'An article.',
  questions: [Question.parse(question)],
  catalogue: HASH,
  from: '2026-01-01T00:00:00Z',
  expires: '2027-01-01T00:00:00Z',
  submitted: '2026-02-28T12:00:00Z',
  ...over,
});

export function offer({ holder, university }: World): PolicyOffer {
  const { '@type': _, timestamp: __, ...terms } = anAgreement(holder.id, university.id);
  return { ...terms, '@type': 'Offer', 'rv:purposeScheme': purposeSchemeHash };
}

export const agreed = (w: World): Agreement =>
  agreementOf(offer(w), { assignee: w.university.id, timestamp: '2026-03-01T11:00:00Z' });

export interface Samples {
  readonly first: DspMessage;
  readonly counter: DspMessage;
  readonly offer: DspMessage;
  readonly accepted: DspMessage;
  readonly agreement: DspMessage;
  readonly verification: DspMessage;
  readonly finalized: DspMessage;
  readonly termination: DspMessage;
}

export function samples(w: World): Samples {
  const { consumerPid, providerPid } = pids;
  const request = { ...context, '@type': 'ContractRequestMessage', consumerPid, offer: offer(w) } as const;
  const event = { ...context, ...pids, '@type': 'ContractNegotiationEventMessage' } as const;
  return {
    first: { ...request, callbackAddress: 'urn:revier:letters' },
    counter: { ...request, providerPid },
    offer: { ...context, ...pids, '@type': 'ContractOfferMessage', offer: offer(w) },
    accepted: { ...event, eventType: 'ACCEPTED' },
    agreement: { ...context, ...pids, '@type': 'ContractAgreementMessage', agreement: agreed(w) },
    verification: { ...context, ...pids, '@type': 'ContractAgreementVerificationMessage' },
    finalized: { ...event, eventType: 'FINALIZED' },
    termination: {
      ...{ ...context, ...pids, '@type': 'ContractNegotiationTerminationMessage' },
      ...{ code: 'PURPOSE', reason: ['/permission/0: not for this purpose'] },
    },
  };
}

/** The envelope around a message; from the university to the holder unless said otherwise. */
export const wrapped = (w: World, message: DspMessage, over: Partial<NegotiationMessage> = {}): NegotiationMessage => ({
  kind: 'negotiation',
  id: randomUUID(),
  from: w.university.id,
  to: w.holder.id,
  realm: 'test',
  iat: SECONDS,
  message,
  ...over,
});

export const firstRequest = async (w: World, over: Partial<NegotiationMessage> = {}): Promise<NegotiationMessage> =>
  wrapped(w, samples(w).first, {
    application: await signApplication(application(w.university.id), w.university.signer),
    ...over,
  });
