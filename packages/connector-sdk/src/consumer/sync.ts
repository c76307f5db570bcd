/** Reading the post: every letter is heard once, answered if it can be, written down, and only then sent; repeated after a crash, it changes nothing. */
import { AppError, type CompactJws, type LetterList } from '@revier/schema';
import { ProblemError } from '../client/errors.ts';
import type { LetterCalls } from '../client/letter-calls.ts';
import { verifyHalf } from '../negotiation/halves.ts';
import { type VerifiedLetter, verifyLetter } from '../negotiation/letters.ts';
import type { VerifiedNegotiation } from '../negotiation/message.ts';
import { assertTrustInForce, type Trust } from '../signatures/trust.ts';
import { type HeardWord, type HearOptions, hear, hearStatus } from './hear.ts';
import type { NegotiationRecord, RegisterRecord } from './records.ts';
import { type Self, say } from './say.ts';
import type { RegisterStore } from './store.ts';

export interface Consumer extends HearOptions {
  readonly self: Self;
  readonly trust: Trust;
  readonly store: RegisterStore;
  readonly post: LetterCalls;
  readonly clock: () => Date;
  /** For tests of crashes: called between writing and sending. */
  readonly beforeSending?: () => void;
}

export interface SyncOutcome {
  readonly read: number;
  readonly sent: number;
  /** Letters that did not verify, or belong to nothing here. */
  readonly strange: readonly { readonly from: string; readonly why: string }[];
  /** What the relay would not take; tried again the next time. */
  readonly stuck: readonly { readonly to: string; readonly why: string }[];
}

export interface SyncOptions {
  /** Seconds to wait for the first letter, when none is there. */
  readonly waitSeconds?: number;
  readonly signal?: AbortSignal;
}

/**
 * Waiting is done outside the lock, so that whoever follows leaves the folder to others meanwhile.
 * @throws AppError DATA_FOLDER_IN_USE, TRUST_STALE, EXPIRED (nothing is read then); ProblemError, ConnectionError
 */
export async function syncRegisters(consumer: Consumer, options: SyncOptions = {}): Promise<SyncOutcome> {
  const { store, post, trust, clock } = consumer;
  if ((options.waitSeconds ?? 0) > 0) await post.letters(await store.after(), options.waitSeconds ?? 0, options.signal);
  return store.alone(async () => {
    assertTrustInForce(trust, { now: clock() });
    // What a crash has left behind goes first: nothing is answered out of turn.
    const before = await sendOutgoing(consumer);
    const { read, strange } = await readPost(consumer);
    const after = await sendOutgoing(consumer);
    return { read, strange, sent: before.sent + after.sent, stuck: after.stuck };
  });
}

/** Sends what is written down and not known to have arrived; the relay takes a repetition for what it is. */
export async function sendOutgoing({
  store,
  post,
  beforeSending,
}: Consumer): Promise<Pick<SyncOutcome, 'sent' | 'stuck'>> {
  const stuck: { to: string; why: string }[] = [];
  let sent = 0;
  for (let record of await store.list()) {
    for (const one of record.outgoing) {
      beforeSending?.();
      const why = await refusalOf(post.sendLetter(one.letter, one.to));
      if (why !== undefined) stuck.push({ to: one.to, why });
      else {
        record = { ...record, outgoing: record.outgoing.filter(({ letter }) => letter !== one.letter) };
        await store.put(record);
        sent += 1;
      }
    }
  }
  return { sent, stuck };
}

/** What the relay has against this very letter; it is kept, and tried again. Everything else is a fault of the way. */
async function refusalOf(sending: Promise<void>): Promise<string | undefined> {
  try {
    await sending;
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError && [403, 404, 429].includes(error.problem.status)) return error.problem.code;
    throw error;
  }
}

async function readPost(consumer: Consumer): Promise<Pick<SyncOutcome, 'read' | 'strange'>> {
  const strange: { from: string; why: string }[] = [];
  let read = 0;
  for (;;) {
    const page = await consumer.post.letters(await consumer.store.after(), 0);
    if (page.length === 0) return { read, strange };
    for (const one of page) {
      const why = await readLetter(consumer, one);
      if (why !== undefined) strange.push({ from: one.from, why });
      await consumer.store.putAfter(one.seq);
    }
    read += page.length;
  }
}

/** Why it came to nothing, or undefined. */
async function readLetter(consumer: Consumer, { letter }: LetterList['letters'][number]): Promise<string | undefined> {
  try {
    const verified = await verifyOwn(consumer, letter);
    return (await heardIn(consumer, verified)) ? undefined : 'It belongs to no register of ours.';
  } catch (error) {
    if (error instanceof AppError && error.code !== 'TRUST_STALE') return error.code;
    throw error;
  }
}

const verifyOwn = ({ trust, self, clock }: Consumer, letter: CompactJws): Promise<VerifiedLetter> =>
  verifyLetter(letter, { trust, realm: self.realm, to: self.id, now: clock() });

async function heardIn(consumer: Consumer, letter: VerifiedLetter): Promise<boolean> {
  for (const record of await consumer.store.list()) {
    const at = record.negotiations.findIndex((one) => isAbout(one, letter));
    const negotiation = record.negotiations[at];
    if (negotiation === undefined) continue;
    await consumer.store.put(await heardBy(consumer, record, negotiation, letter));
    return true;
  }
  return false;
}

function isAbout(record: NegotiationRecord, letter: VerifiedLetter): boolean {
  if (record.holder !== letter.from) return false;
  if (letter.kind === 'revier-negotiation+jws')
    return record.consumerPid === letter.negotiation.payload.message.consumerPid;
  return letter.kind === 'revier-status+jws' && record.agreement?.hash === letter.statement.agreement;
}

async function heardBy(
  consumer: Consumer,
  register: RegisterRecord,
  negotiation: NegotiationRecord,
  letter: VerifiedLetter,
): Promise<RegisterRecord> {
  if (letter.kind === 'revier-status+jws') return replaced(register, hearStatus(negotiation, letter.statement));
  if (letter.kind !== 'revier-negotiation+jws') return register;
  const now = consumer.clock();
  const word = await wordOf(consumer, letter.negotiation, now);
  const { record, intent } = hear(negotiation, word, consumer);
  if (intent === undefined) return replaced(register, record);
  const said = await say(record, intent, consumer.self, now);
  return { ...replaced(register, said.record), outgoing: [...register.outgoing, said.outgoing] };
}

export const replaced = (register: RegisterRecord, record: NegotiationRecord): RegisterRecord => ({
  ...register,
  negotiations: register.negotiations.map((one) => (one.consumerPid === record.consumerPid ? record : one)),
});

async function wordOf(
  { trust }: Consumer,
  { payload, word, from }: VerifiedNegotiation,
  now: Date,
): Promise<HeardWord> {
  const { id, message, signature } = payload;
  const agreement = message['@type'] === 'ContractAgreementMessage' ? message.agreement : undefined;
  const holds =
    agreement !== undefined &&
    signature !== undefined &&
    (await verifyHalf(agreement, signature, { trust, by: from, now }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof AppError) return false;
        throw error;
      },
    ));
  return { id, word, message, now, half: holds ? signature : undefined };
}
