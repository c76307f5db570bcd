/** Negotiation messages on their way through a relay that nobody need trust: signed by the sender, addressed to one recipient. */
import {
  AppError,
  type CompactJws,
  type DspMessage,
  NegotiationMessage,
  type ParticipantId,
  type PolicyOffer,
  type Realm,
} from '@revier/schema';
import { type ClockOptions, DEFAULT_SKEW, secondsOf } from '../signatures/clock.ts';
import { assertFits } from '../signatures/fits.ts';
import type { Signer } from '../signatures/keys.ts';
import { assertTrustInForce, resolver, type Trust } from '../signatures/trust.ts';
import { openCompact } from '../signatures/verify.ts';
import { type VerifiedApplication, verifyApplication } from './statements.ts';

const KIND = 'revier-negotiation+jws';

/** The data user is the consumer, the data holder the provider. */
export type NegotiationSide = 'consumer' | 'provider';

/** In the words of core's `negotiate`. */
export type NegotiationWord = 'request' | 'offer' | 'accept' | 'agree' | 'verify' | 'finalize' | 'terminate';

export interface VerifyLetterOptions extends ClockOptions {
  readonly trust: Trust;
  readonly realm: Realm;
}

export interface VerifyNegotiationOptions extends VerifyLetterOptions {
  /** Who reads it. */
  readonly to: ParticipantId;
}

export interface VerifiedNegotiation {
  readonly payload: NegotiationMessage;
  readonly from: ParticipantId;
  readonly word: NegotiationWord;
  /** Whose word it is. */
  readonly by: NegotiationSide;
  /** With the first request; its data user is the sender. */
  readonly application: VerifiedApplication | undefined;
}

/** @throws AppError INVALID_REQUEST, BODY_TOO_LARGE */
export const signNegotiation = async (message: NegotiationMessage, signer: Signer): Promise<CompactJws> =>
  signer.sign(KIND, assertFits(NegotiationMessage, message));

/**
 * Who says what to whom; whether it may be said now is a matter of states (`negotiate`), and a repetition has the `id` of what was
 * heard before. There is no end of validity: a letter may lie until its reader comes.
 * @throws AppError what `openCompact` throws; FORBIDDEN for words that the sender cannot say, WRONG_AUDIENCE, WRONG_REALM, EXPIRED (from
 * the future, or the trust list), INVALID_REQUEST for a message whose parts do not fit each other; what `verifyApplication` throws
 */
export async function verifyNegotiation(jws: string, options: VerifyNegotiationOptions): Promise<VerifiedNegotiation> {
  const { trust, to, realm } = options;
  assertTrustInForce(trust, options);
  const { payload, kid } = await openCompact(jws, KIND, NegotiationMessage, resolver(trust));
  if (trust.keyOf(kid)?.participant.id !== payload.from)
    throw new AppError('FORBIDDEN', { detail: 'It is not signed by the sender that it names.' });
  if (payload.to !== to) throw new AppError('WRONG_AUDIENCE');
  if (payload.realm !== realm || trust.list.realm !== realm) throw new AppError('WRONG_REALM');
  assertBegun(payload.iat, options);
  const { word, by } = saidBy(payload, trust);
  assertParts(payload, word, by);
  const application = await applicationOf(payload, options);
  return { payload, from: payload.from, word, by, application };
}

export function assertBegun(iat: number, { now, skewSeconds = DEFAULT_SKEW }: ClockOptions): void {
  if (!(iat <= secondsOf(now) + skewSeconds)) throw new AppError('EXPIRED', { detail: 'It comes from the future.' });
}

const words = {
  ContractRequestMessage: { word: 'request', by: 'consumer' },
  ContractOfferMessage: { word: 'offer', by: 'provider' },
  ContractAgreementMessage: { word: 'agree', by: 'provider' },
  ContractAgreementVerificationMessage: { word: 'verify', by: 'consumer' },
} as const;

/** By the roles of the two in the trust list: nobody speaks for the other side. */
function saidBy({ from, to, message }: NegotiationMessage, trust: Trust): Pick<VerifiedNegotiation, 'word' | 'by'> {
  const is = (id: ParticipantId, role: 'data-user' | 'data-holder'): boolean =>
    trust.participant(id)?.roles.includes(role) === true;
  const sides: Readonly<Record<NegotiationSide, boolean>> = {
    consumer: is(from, 'data-user') && is(to, 'data-holder'),
    provider: is(from, 'data-holder') && is(to, 'data-user'),
  };
  const said = wordOf(message, sides.consumer ? 'consumer' : 'provider');
  if (from === to || !sides[said.by])
    throw new AppError('FORBIDDEN', { detail: 'The sender cannot say this to this recipient.' });
  return said;
}

function wordOf(message: DspMessage, either: NegotiationSide): Pick<VerifiedNegotiation, 'word' | 'by'> {
  const type = message['@type'];
  if (type === 'ContractNegotiationTerminationMessage') return { word: 'terminate', by: either };
  if (type === 'ContractNegotiationEventMessage')
    return message.eventType === 'ACCEPTED' ? { word: 'accept', by: 'consumer' } : { word: 'finalize', by: 'provider' };
  return words[type];
}

/** An offer and an agreement are between these two, in this realm; half a signature comes when it is due and never else. */
function assertParts(payload: NegotiationMessage, word: NegotiationWord, by: NegotiationSide): void {
  const { from, to, realm, message } = payload;
  const [holder, user] = by === 'consumer' ? [to, from] : [from, to];
  const terms = 'offer' in message ? message.offer : 'agreement' in message ? message.agreement : undefined;
  if (terms !== undefined) {
    assertBetween(terms, holder, user, 'offer' in message ? '/message/offer' : '/message/agreement');
    if (terms['rv:realm'] !== realm) throw new AppError('WRONG_REALM');
  }
  const isHalf = word === 'agree' || word === 'verify';
  if (isHalf !== (payload.signature !== undefined))
    throw AppError.at('INVALID_REQUEST', '/signature', 'A signature comes with AGREED and VERIFIED, and only then.');
  const isFirst = message['@type'] === 'ContractRequestMessage' && message.providerPid === undefined;
  if (isFirst !== (payload.application !== undefined))
    throw AppError.at(
      'INVALID_REQUEST',
      '/application',
      'The application comes with the first request, and only then.',
    );
}

function assertBetween(
  { assigner, assignee }: Pick<PolicyOffer, 'assigner' | 'assignee'>,
  holder: ParticipantId,
  user: ParticipantId,
  place: string,
): void {
  if (assigner !== holder)
    throw AppError.at('INVALID_REQUEST', `${place}/assigner`, 'The assigner is not the holder of this negotiation.');
  if ((assignee ?? user) !== user)
    throw AppError.at('INVALID_REQUEST', `${place}/assignee`, 'The assignee is not the data user of this negotiation.');
}

async function applicationOf(
  { application: jws, from, message }: NegotiationMessage,
  options: VerifyLetterOptions,
): Promise<VerifiedApplication | undefined> {
  if (jws === undefined) return undefined;
  const verified = await verifyApplication(jws, options);
  const { application } = verified;
  if (application.dataUser !== from)
    throw AppError.at('INVALID_REQUEST', '/application', 'The application is of another data user.');
  if ('offer' in message && message.offer['rv:register'] !== application.register)
    throw AppError.at('INVALID_REQUEST', '/message/offer/rv:register', 'The application is for another register.');
  return verified;
}
