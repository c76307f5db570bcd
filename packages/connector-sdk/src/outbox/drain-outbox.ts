/** Sends what lies in the outbox; a message leaves it only when the broker has taken or finally refused it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Problem } from '@revier/schema';
import { type Backoff, defaultBackoff, pauseMs } from '../client/backoff.ts';
import type { BrokerClient } from '../client/broker-client.ts';
import { ConnectionError, ProblemError } from '../client/errors.ts';
import type { OutboxItem, Outgoing } from './outbox.ts';

export type OutboxClient = Pick<BrokerClient, 'sendReceipt' | 'sendRelease' | 'sendOpening'>;

export interface DrainOptions {
  readonly signal: AbortSignal;
  /** Told of a message that the broker will never take (too late, unknown task); it is then forgotten. */
  readonly onRefused?: (item: OutboxItem, problem: Problem) => void;
  /** Aborted while a message is being sent: it is broken off, stays if it is still wanted, and those behind it go on. */
  readonly cut?: () => AbortSignal;
}

export interface DrainUntilEmptyOptions extends DrainOptions {
  readonly random: () => number;
  readonly backoff?: Backoff;
}

/** These say nothing about the message, only about the moment or the caller. */
const PASSING: readonly number[] = [401, 403, 408, 425, 429];

const isFinal = ({ status }: ProblemError): boolean => status >= 400 && status < 500 && !PASSING.includes(status);

/**
 * One pass over the outbox, oldest first; returns how many messages stay. One that the broker fails on (5xx) does not hold up those
 * behind it, but it does hold up what belongs to the same task, since a receipt comes before its release.
 * @throws ConnectionError when there is no broker: the rest of the pass would be in vain.
 */
export async function drainPass(outbox: Outgoing, client: OutboxClient, options: DrainOptions): Promise<number> {
  const heldUp = new Set<string>();
  let left = 0;
  for await (const item of outbox.pending()) {
    options.signal.throwIfAborted();
    const outcome = heldUp.has(item.taskId) ? 'stays' : await deliver(item, client, options);
    if (outcome === 'gone') await outbox.done(item.id);
    else {
      left++;
      // Behind a release that was broken off comes the refusal in its place.
      if (outcome === 'stays' || item.kind === 'receipt') heldUp.add(item.taskId);
    }
  }
  return left;
}

/** Passes until nothing is left, with growing pauses; rejects with the reason of `signal` when aborted. */
export async function drainOutbox(
  outbox: Outgoing,
  client: OutboxClient,
  options: DrainUntilEmptyOptions,
): Promise<void> {
  const backoff = options.backoff ?? defaultBackoff(options.random);
  for (let failures = 1; !(await emptied(outbox, client, options)); failures++)
    await sleep(pauseMs(backoff, failures), undefined, { signal: options.signal });
}

async function emptied(outbox: Outgoing, client: OutboxClient, options: DrainOptions): Promise<boolean> {
  try {
    return (await drainPass(outbox, client, options)) === 0;
  } catch (error) {
    if (error instanceof ConnectionError) return false;
    throw error;
  }
}

/** Gone: taken by the broker, or refused for good. */
type Outcome = 'gone' | 'stays' | 'cut';

async function deliver(item: OutboxItem, client: OutboxClient, options: DrainOptions): Promise<Outcome> {
  const { signal, onRefused } = options;
  const cut = options.cut?.();
  try {
    await send(item, client, cut === undefined ? signal : AbortSignal.any([signal, cut]));
  } catch (error) {
    if (cut?.aborted === true && !signal.aborted) return 'cut';
    if (!(error instanceof ProblemError)) throw error;
    if (!isFinal(error)) return 'stays';
    onRefused?.(item, error.problem);
  }
  return 'gone';
}

function send(item: OutboxItem, client: OutboxClient, signal: AbortSignal): Promise<void> {
  switch (item.kind) {
    case 'receipt':
      return client.sendReceipt(item.taskId, item.receipt, signal);
    case 'release':
      return client.sendRelease(item.taskId, item.header, item.body, signal);
    case 'opening':
      return client.sendOpening(item.taskId, item.opening, signal);
  }
}
