/** The postman: letters come in by long poll, one after the other; what lies in the outbox goes out, until the broker has taken it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Backoff, type BrokerClient, defaultBackoff, ProblemError, pauseMs } from '@revier/connector-sdk';
import { finishAll } from './finish.ts';
import { remind } from './list-inbox.ts';
import type { LetterOut } from './ports.ts';
import type { InboxDeps } from './room.ts';
import { type TakeOther, takeLetter } from './take-letter.ts';
import type { Wakeup } from './wakeup.ts';

export interface PostmanOptions {
  readonly deps: InboxDeps & { readonly takeOther: TakeOther; readonly woken: Wakeup };
  readonly client: Pick<BrokerClient, 'letters' | 'sendLetter'>;
  /** Of the shift: a stopped node neither reads nor writes. */
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly waitSeconds?: number;
}

const REMIND_MS = 86_400_000;
const MOST_TRIES = 20;

/** Resolves when nothing is read or sent any more. */
export async function runPost(options: PostmanOptions): Promise<void> {
  const { deps, signal } = options;
  const logFatal = (error: unknown): void => deps.logger.fatal({ err: error }, 'the post has ended');
  signal.addEventListener('abort', deps.woken.wake, { once: true });
  const loops = [readLetters(options), sendLetters(options), remindDaily(options)];
  await Promise.all(loops.map((one) => one.catch(logFatal)));
}

/** Until the shift ends; never for want of a broker. */
async function readLetters({ deps, client, signal, random, waitSeconds = 30 }: PostmanOptions): Promise<void> {
  const backoff = defaultBackoff(random);
  // How often the letter at hand was tried: none holds up the others for ever.
  const tried = new Map<number, number>();
  for (let failures = 0; !signal.aborted; )
    try {
      await finishAll(deps, signal);
      const after = await deps.negotiations.cursor();
      for (const one of await client.letters(after, failures === 0 ? waitSeconds : 0, signal)) {
        signal.throwIfAborted();
        const tries = (tried.get(one.seq) ?? 0) + 1;
        tried.set(one.seq, tries);
        await takeLetter({ ...one, isLastTry: tries >= MOST_TRIES }, deps, signal);
        tried.delete(one.seq);
      }
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      deps.logger.warn({ err: error, failures }, 'letters cannot be read; trying again');
      await pause(backoff, failures, signal);
    }
}

async function sendLetters({ deps, client, signal, random }: PostmanOptions): Promise<void> {
  const backoff = defaultBackoff(random);
  for (let failures = 0; !signal.aborted; ) {
    const asleep = deps.woken.next();
    try {
      for (const one of await deps.negotiations.unsent()) await send(one, client, deps, signal);
      failures = 0;
      await asleep;
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      deps.logger.warn({ err: error, failures }, 'letters cannot be sent; trying again');
      await pause(backoff, failures, signal);
    }
  }
}

/** These say nothing about the letter, only about the moment. */
const PASSING: readonly number[] = [401, 403, 408, 425, 429];

/** One that the broker will never take is told and laid aside: it must not hold up the others. */
async function send(
  { id, to, letter }: LetterOut,
  client: PostmanOptions['client'],
  { negotiations, logger }: InboxDeps,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  try {
    await client.sendLetter(letter, to, signal);
  } catch (error) {
    const isFinal = error instanceof ProblemError && error.status < 500 && !PASSING.includes(error.status);
    if (!isFinal) throw error;
    logger.error({ err: error, letter: id, to }, 'the broker does not take a letter');
  }
  await negotiations.sent(id);
}

async function remindDaily({ deps, signal }: PostmanOptions): Promise<void> {
  while (!signal.aborted) {
    await remind(deps).catch((error: unknown) =>
      deps.logger.warn({ err: error }, 'the inbox could not be looked through'),
    );
    await sleep(REMIND_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

const pause = (backoff: Backoff, failures: number, signal: AbortSignal): Promise<void> =>
  sleep(pauseMs(backoff, failures), undefined, { signal }).catch(() => undefined);
