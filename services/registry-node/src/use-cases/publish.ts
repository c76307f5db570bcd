/** Publishing: what this node holds and has agreed to, told to the broker until it has taken it, and again whenever it comes back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Backoff, type BrokerClient, defaultBackoff, pauseMs, signDocument } from '@revier/connector-sdk';
import { AppError, type CompactJws } from '@revier/schema';
import type { Logger } from '@revier/service-kit';
import type { Agreements } from '../policy-ports.ts';
import type { HeldDataset, Self } from '../ports.ts';

export interface PublisherOptions {
  readonly self: Self;
  readonly client: Pick<BrokerClient, 'publish' | 'publishDocuments'>;
  readonly datasets: ReadonlyMap<string, HeldDataset>;
  readonly agreements: Pick<Agreements, 'list'>;
  /** Signed by their sources: area lists, lookups. */
  readonly documents: readonly CompactJws[];
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly logger: Logger;
}

export interface Publisher {
  /** Tells everything (again). Repetition is harmless: documents go by their hash. */
  announce(): void;
  /** Resolves when the broker has taken everything once; rejects when the node stops before that. */
  readonly published: Promise<void>;
  isPublished(): boolean;
  /** Resolves when nothing is under way any more. */
  ended(): Promise<void>;
}

const DOCUMENTS_AT_ONCE = 20;

export function createPublisher(options: PublisherOptions): Publisher {
  const backoff = { ...defaultBackoff(options.random), longestMs: 10_000 };
  const first = Promise.withResolvers<void>();
  // Whoever never asks must not be told by an unhandled rejection.
  first.promise.catch(() => undefined);
  let [wanted, done] = [0, 0];
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (done < wanted && !options.signal.aborted) {
      const round = wanted;
      if (await publishUntilTaken(options, backoff)) {
        done = round;
        first.resolve();
      }
    }
  };
  options.signal.addEventListener('abort', () => first.reject(new AppError('NOT_READY')), { once: true });
  return {
    announce() {
      wanted++;
      running ??= run().finally(() => {
        running = undefined;
      });
    },
    published: first.promise,
    isPublished: () => done > 0 && done === wanted,
    ended: async () => running,
  };
}

/** False when the node was stopped meanwhile. Even a final-looking refusal may pass, say when another holder's list arrives. */
async function publishUntilTaken(options: PublisherOptions, backoff: Backoff): Promise<boolean> {
  for (let failures = 1; !options.signal.aborted; failures++)
    try {
      await publishOnce(options);
      options.logger.info('the broker has taken our descriptions and agreements');
      return true;
    } catch (error) {
      if (options.signal.aborted) break;
      options.logger.warn({ err: error, failures }, 'our descriptions could not be published; trying again');
      await sleep(pauseMs(backoff, failures), undefined, { signal: options.signal }).catch(() => undefined);
    }
  return false;
}

/** Documents first: a description names them. */
async function publishOnce(options: PublisherOptions): Promise<void> {
  const { client, self, datasets, agreements, documents, signal } = options;
  for (let from = 0; from < documents.length; from += DOCUMENTS_AT_ONCE)
    await client.publishDocuments(documents.slice(from, from + DOCUMENTS_AT_ONCE), signal);
  const alive = (await agreements.list()).filter(
    ({ life: { status } }) => status === 'ACTIVE' || status === 'SUSPENDED',
  );
  for (const { description } of datasets.values()) {
    const own = alive.filter(({ stored }) => stored.agreement.target === description.id);
    const signed = own.map(({ stored }) => stored.signed);
    await client.publish(await signDocument(description, self.signer), signed, signal);
  }
}
