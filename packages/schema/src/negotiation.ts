/** The Dataspace Protocol's negotiation messages (2025-1), and the signed letter in which the broker carries them. */
import { z } from 'zod';
import { Agreement, PolicyOffer } from './agreement.ts';
import { CompactJws, JwsSignature } from './envelope.ts';
import { ParticipantId, Realm, Seconds, Timestamp, Uuid } from './ids.ts';

export const DSP_CONTEXT = 'https://w3id.org/dspace/2025/1/context.jsonld';

/** Identifier of a negotiation at one of its sides. */
export const Pid = z.string().regex(/^urn:uuid:[0-9a-f-]{36}$/, 'expected urn:uuid: and a UUID');
export type Pid = z.infer<typeof Pid>;

const context = { '@context': z.tuple([z.literal(DSP_CONTEXT)]) };
const both = { consumerPid: Pid, providerPid: Pid };
const why = {
  code: z.string().min(1).max(60).optional(),
  reason: z.array(z.string().min(1).max(1000)).min(1).max(20).optional(),
};

/** The first one has an address to answer to, a counter-offer the provider's identifier; the schemas of the protocol allow no third way. */
export const ContractRequestMessage = z
  .strictObject({
    ...context,
    '@type': z.literal('ContractRequestMessage'),
    consumerPid: Pid,
    providerPid: Pid.optional(),
    offer: PolicyOffer,
    callbackAddress: z.string().min(1).max(500).optional(),
  })
  .refine((one) => (one.providerPid === undefined) !== (one.callbackAddress === undefined), {
    message: 'providerPid or callbackAddress, and not both',
  });

/** The holder's counter-offer. */
export const ContractOfferMessage = z.strictObject({
  ...context,
  '@type': z.literal('ContractOfferMessage'),
  ...both,
  offer: PolicyOffer,
});

export const ContractAgreementMessage = z.strictObject({
  ...context,
  '@type': z.literal('ContractAgreementMessage'),
  ...both,
  agreement: Agreement,
});

export const ContractAgreementVerificationMessage = z.strictObject({
  ...context,
  '@type': z.literal('ContractAgreementVerificationMessage'),
  ...both,
});

export const ContractNegotiationEventMessage = z.strictObject({
  ...context,
  '@type': z.literal('ContractNegotiationEventMessage'),
  ...both,
  eventType: z.enum(['ACCEPTED', 'FINALIZED']),
});

export const ContractNegotiationTerminationMessage = z.strictObject({
  ...context,
  '@type': z.literal('ContractNegotiationTerminationMessage'),
  ...both,
  ...why,
});

export const DspMessage = z.discriminatedUnion('@type', [
  ContractRequestMessage,
  ContractOfferMessage,
  ContractAgreementMessage,
  ContractAgreementVerificationMessage,
  ContractNegotiationEventMessage,
  ContractNegotiationTerminationMessage,
]);
export type DspMessage = z.infer<typeof DspMessage>;

/**
 * The payload of `revier-negotiation+jws`, signed by the sender: the relay can neither invent nor change a message. Its order
 * follows from the states; a repetition is recognised by `id`.
 */
export const NegotiationMessage = z
  .strictObject({
    kind: z.literal('negotiation'),
    id: Uuid,
    from: ParticipantId,
    to: ParticipantId,
    realm: Realm,
    iat: Seconds,
    message: DspMessage,
    /** With the first request: the application that it belongs to. */
    application: CompactJws.optional(),
    /** With AGREED the assigner's signature over the agreement, with VERIFIED the assignee's. */
    signature: JwsSignature.optional(),
  })
  .meta({ id: 'NegotiationMessage' });
export type NegotiationMessage = z.infer<typeof NegotiationMessage>;

/** What participants can write to each other by way of the broker; each kind says itself whom it is from. */
export const letterKinds = [
  'revier-negotiation+jws',
  'revier-closure+jws',
  'revier-duty+jws',
  'revier-status+jws',
] as const;

/** `POST /v1/letters`. */
export const LetterToSend = z.strictObject({ to: ParticipantId, letter: CompactJws }).meta({ id: 'LetterToSend' });
export type LetterToSend = z.infer<typeof LetterToSend>;

/** `GET /v1/letters?after=&wait=`: to the caller, in the order in which they came; nothing here is believed unverified. */
export const LetterList = z
  .strictObject({
    letters: z
      .array(z.strictObject({ seq: z.int().min(1), from: ParticipantId, letter: CompactJws, came: Timestamp }))
      .max(100),
  })
  .meta({ id: 'LetterList' });
export type LetterList = z.infer<typeof LetterList>;

export const LetterQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0),
  wait: z.coerce.number().int().min(0).max(60).default(0),
});
export type LetterQuery = z.infer<typeof LetterQuery>;
