/** Telling how agreements stand: to the broker until it has taken the newest statements, and to each data user as a letter. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type BrokerClient, defaultBackoff, ProblemError, pauseMs } from '@revier/connector-sdk';
import type { Sha256 } from '@revier/schema';
import type { Logger } from '@revier/service-kit';
import type { Agreements, Changes } from '../policy-ports.ts';

export interface TellerOptions {
  readonly agreements: Pick<Agreements, 'list' | 'find' | 'statuses' | 'unsent' | 'sent'>;
  readonly client: Pick<BrokerClient, 'sendStatuses' | 'sendLetter'>;
  readonly changes: Pick<Changes, 'on'>;
  /** Of the process: a stopped node still tells that it has stopped. */
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly logger: Logger;
}

export interface Teller {
  /** Tells everything (again): the broker may have come back with nothing. */
  announce(): void;
  /** Whether the broker has taken the newest statement about it, after so many milliseconds at most. */
  told(agreement: Sha256, withinMs: number): Promise<boolean>;
  ended(): Promise<void>;
}

/** Statements in one message. */
const AT_ONCE = 100;

export function createTeller(options: TellerOptions): Teller {
  const { changes, signal, logger } = options;
  const untold = new Set<Sha256>();
  const flying = new Set<Sha256>();
  let everything = false;
  let running: Promise<void> | undefined;
  const round = async (): Promise<void> => {
    if (everything) {
      everything = false;
      for (const { stored } of await options.agreements.list()) untold.add(stored.hash);
    }
    const batch = [...untold].slice(0, AT_ONCE);
    // Taken out first: what is stated while this is under way comes in again, and is told in the next round.
    for (const hash of batch) [untold.delete(hash), flying.add(hash)];
    try {
      await tellBroker(batch, options);
    } catch (error) {
      for (const hash of batch) untold.add(hash);
      throw error;
    } finally {
      flying.clear();
    }
  };
  const run = async (): Promise<void> => {
    const backoff = { ...defaultBackoff(options.random), longestMs: 5000 };
    for (let failures = 0; (everything || untold.size > 0) && !signal.aborted; )
      try {
        await round();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        logger.warn({ err: error, failures }, 'the broker could not be told how agreements stand; trying again');
        await sleep(pauseMs(backoff, failures), undefined, { signal }).catch(() => undefined);
      }
    await sendLetters(options);
  };
  const wake = (): void => {
    running ??= run()
      .catch((error: unknown) => {
        if (!signal.aborted) logger.warn({ err: error }, 'statements could not be told');
      })
      .finally(() => {
        running = undefined;
        if ((everything || untold.size > 0) && !signal.aborted) wake();
      });
  };
  const unsubscribe = changes.on((agreement) => {
    untold.add(agreement);
    wake();
  });
  signal.addEventListener('abort', unsubscribe, { once: true });
  return {
    announce() {
      everything = true;
      wake();
    },
    async told(agreement, withinMs) {
      const isTold = (): boolean => !untold.has(agreement) && !flying.has(agreement);
      for (const end = Date.now() + withinMs; !isTold() && !signal.aborted && Date.now() < end; ) await sleep(20);
      return isTold();
    },
    ended: async () => running,
  };
}

async function tellBroker(batch: readonly Sha256[], { agreements, client, signal }: TellerOptions): Promise<void> {
  const newest = await Promise.all(batch.map(async (hash) => (await agreements.statuses(hash)).at(-1)));
  const statements = newest.flatMap((one) => (one === undefined ? [] : [one.jws]));
  if (statements.length > 0) await client.sendStatuses(statements, signal);
}

/** What the broker does not take stays, and is tried with the next change or connection. */
async function sendLetters({ agreements, client, signal, logger }: TellerOptions): Promise<void> {
  for (const { statement, jws } of await agreements.unsent()) {
    if (signal.aborted) return;
    const stored = await agreements.find(statement.agreement);
    if (stored === undefined) continue;
    try {
      await client.sendLetter(jws, stored.agreement.assignee, signal);
      await agreements.sent(statement.agreement, statement.seq);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      logger.warn({ code: error.problem.code }, 'the broker does not carry a statement to its data user');
    }
  }
}
