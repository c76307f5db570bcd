/** One letter taken, once: what it changes and that it was dealt with stand in the records together. */
import { openCompact, resolver, type VerifiedLetter, verifyLetter } from '@revier/connector-sdk';
import { AppError, type CompactJws, ParticipantId, Pid, Realm, Uuid } from '@revier/schema';
import { z } from 'zod';
import { finish } from './finish.ts';
import { isPassing } from './passing.ts';
import { type InboxDeps, roomOf } from './room.ts';
import { endingOf, terminate } from './say.ts';
import { beginning, takeNegotiation } from './take-negotiation.ts';

export interface LetterIn {
  readonly seq: number;
  readonly letter: CompactJws;
  /** It is set aside, whatever is in its way. */
  readonly isLastTry?: boolean;
}

/** Letters of other kinds, each taken once however often it comes. */
export type TakeOther = (
  letter: Exclude<VerifiedLetter, { kind: 'revier-negotiation+jws' }>,
  jws: CompactJws,
) => Promise<void>;

/** Rejects when it cannot be dealt with yet, since something is out of reach: then it comes again. */
export async function takeLetter(
  { seq, letter, isLastTry = false }: LetterIn,
  deps: InboxDeps & { readonly takeOther: TakeOther },
  signal: AbortSignal,
): Promise<void> {
  const { self, logger } = deps;
  const options = { trust: self.trust, realm: self.realm, to: self.participant, now: new Date(self.now()) };
  try {
    const verified = await verifyLetter(letter, options);
    if (verified.kind === 'revier-negotiation+jws') {
      const settled = await takeNegotiation(seq, verified.negotiation, deps, signal);
      if (settled?.state === 'VERIFIED') await finish(settled.id, deps, signal);
    } else {
      await deps.takeOther(verified, letter);
      await deps.negotiations.change((desk) => desk.advance(seq));
    }
  } catch (error) {
    if ((isPassing(error) && !isLastTry) || signal.aborted) throw error;
    logger.warn({ err: error, letter: seq }, 'a letter could not be taken');
    await setAside({ seq, letter }, error, deps);
  }
  deps.wake();
}

/** Only whom it is from, and to which negotiation it belongs; the signature is verified, the rest is not. */
const Torn = z.looseObject({
  kind: z.literal('negotiation'),
  id: Uuid,
  from: ParticipantId,
  to: ParticipantId,
  realm: Realm,
  message: z.looseObject({
    '@type': z.literal('ContractRequestMessage'),
    consumerPid: Pid,
    providerPid: z.undefined().optional(),
  }),
});

/** A first request that is not what it has to be is answered, so that its sender learns why; of anything else only the log tells. */
async function setAside({ seq, letter }: LetterIn, error: unknown, deps: InboxDeps): Promise<void> {
  const { self, negotiations } = deps;
  const torn = await tornRequest(letter, deps).catch(() => undefined);
  const room = await roomOf(deps);
  await negotiations.change(async (desk) => {
    await desk.advance(seq);
    if (torn === undefined || !(error instanceof AppError) || !(await desk.take(torn.id))) return;
    const { from: consumer, message } = torn;
    if ((await desk.ofConsumer(consumer, message.consumerPid)) !== undefined) return;
    const begun = beginning({ consumer, consumerPid: message.consumerPid, came: new Date(self.now()).toISOString() });
    await terminate(begun, { ...endingOf(error), decision: 'application-refused' }, desk, room.self);
  });
}

async function tornRequest(letter: CompactJws, { self }: InboxDeps): Promise<z.infer<typeof Torn> | undefined> {
  const { trust, participant, realm } = self;
  const known = resolver(trust, { role: 'data-user' });
  const { payload, kid } = await openCompact(letter, 'revier-negotiation+jws', Torn, known);
  const isFits =
    payload.to === participant && payload.realm === realm && trust.keyOf(kid)?.participant.id === payload.from;
  return isFits ? payload : undefined;
}
