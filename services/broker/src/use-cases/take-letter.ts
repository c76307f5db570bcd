/** The relay: takes a letter from whoever has signed it, keeps it for its recipient, wakes them; decides nothing. */
import { type VerifiedNegotiation, verifyLetter } from '@revier/connector-sdk';
import { digest } from '@revier/core';
import { AppError, type LetterList, type LetterToSend, type ParticipantId } from '@revier/schema';
import type { CarriedLetter, NegotiationStep } from '../letter-ports.ts';
import { letterEntry } from '../log-entries.ts';
import type { Broker } from '../ports.ts';
import { letterTopic } from '../topics.ts';
import { publicWordsOf } from './public-words.ts';
import { type Patience, waitFor } from './wait-for.ts';

/**
 * The same letter again is harmless.
 * @throws AppError FORBIDDEN for a letter that somebody else has signed, or about somebody else's register; NOT_FOUND for a recipient
 * who is not in the trust list; RATE_LIMITED when the recipient's box has too many of this sender; as `verifyLetter`
 */
export async function takeLetter(broker: Broker, caller: ParticipantId, { to, letter }: LetterToSend): Promise<void> {
  const { trust, realm, letters, wakes } = broker;
  if (trust.participant(to) === undefined)
    throw AppError.at('NOT_FOUND', '/to', 'Nobody of this name takes part in the data space.');
  const at = broker.now();
  const verified = await verifyLetter(letter, { trust, realm, to, now: new Date(at) });
  if (verified.from !== caller || to === caller)
    throw new AppError('FORBIDDEN', { detail: 'Everybody sends what they have signed themselves, to somebody else.' });
  const step = verified.kind === 'revier-negotiation+jws' ? stepOf(verified.negotiation) : undefined;
  await assertOwnRegister(broker, step);
  const carried: CarriedLetter = {
    hash: digest(Buffer.from(letter)),
    from: caller,
    to,
    kind: verified.kind,
    jws: letter,
  };
  const outcome = await letters.put(carried, step, { entry: letterEntry(carried, publicWordsOf(verified)), at });
  if (outcome === 'full')
    throw new AppError('RATE_LIMITED', { detail: 'Too many of your letters lie with this recipient.' });
  if (outcome === 'put') await wakes.wake(letterTopic(to));
}

/** Waits until there is something; nothing in time is an empty list. */
export async function lettersTo(
  { letters, wakes }: Broker,
  recipient: ParticipantId,
  after: number,
  patience: Patience,
): Promise<LetterList> {
  const look = async (): Promise<LetterList['letters'] | undefined> => {
    const found = await letters.to(recipient, after);
    return found.length === 0 ? undefined : found;
  };
  return { letters: (await waitFor(wakes, letterTopic(recipient), look, patience)) ?? [] };
}

function stepOf({ payload, word, by, application }: VerifiedNegotiation): NegotiationStep {
  const { from, to, message } = payload;
  const [dataUser, holder] = by === 'consumer' ? [from, to] : [to, from];
  const about = 'offer' in message ? message.offer : undefined;
  return {
    ...{ dataUser, holder, word, by, application },
    consumerPid: message.consumerPid,
    about: about && { register: about['rv:register'], dataset: about.target },
  };
}

/** Names belong to whoever had them first, so that no view can be taken over. */
async function assertOwnRegister({ letters, catalogues }: Broker, step: NegotiationStep | undefined): Promise<void> {
  const register = step?.about?.register;
  if (step === undefined || register === undefined) return;
  const [agreed] = await catalogues.agreements(register);
  const owner = agreed?.agreement.assignee ?? (await letters.applicantOf(register)) ?? step.dataUser;
  if (owner !== step.dataUser) throw new AppError('FORBIDDEN', { detail: `${register} belongs to another data user.` });
}
