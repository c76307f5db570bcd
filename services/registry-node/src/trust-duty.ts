/** The node's duty towards the trust list: it looks for a newer one, hears its holder, and, as a timestamper, gives its word. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createBrokerClient,
  ProblemError,
  type Signer,
  signTimestamp,
  type TrustKeeper,
  type TrustWatch,
  watchTrust,
} from '@revier/connector-sdk';
import type { ParticipantId, Realm, TrustView } from '@revier/schema';
import type { Logger } from '@revier/service-kit';
import { watchToldLists } from './adapters/told-lists.ts';
import { takeTold } from './open-keeper.ts';

export interface TrustDuty {
  begin(): void;
  /** A version that the broker has mentioned. */
  mention(version: number): void;
  /** Resolves when we have looked for what was mentioned last. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface DutyOptions {
  readonly keeper: TrustKeeper;
  readonly signer: Signer;
  readonly participant: ParticipantId;
  readonly realm: Realm;
  readonly broker: { readonly id: ParticipantId; readonly url: string };
  readonly toldLists?: string;
  /** Milliseconds between two looks for a newer list. */
  readonly trustEveryMs?: number;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const STAMP_EVERY_MS = 10 * 60_000;
/** Until the broker has it: it may be starting. */
const RETRY_MS = { first: 50, longest: 30_000 };

export function trustDuty(options: DutyOptions): TrustDuty {
  const { keeper, logger, toldLists, trustEveryMs: everyMs } = options;
  const closing = new AbortController();
  const { signal } = closing;
  const reads = createBrokerClient(clientOf(options));
  const stamper = timestamper(options, signal);
  const ends: (() => void)[] = [];
  let watch: TrustWatch | undefined;
  // A broker that is away, or still starting, is no news; one that goes back is.
  const onFault = (cause: unknown): void => logger.warn({ err: cause, said: wordsOf(cause) }, 'no newer trust');
  return {
    begin() {
      watch = watchTrust({ keeper, reads, signal, onFault, ...(everyMs === undefined ? {} : { everyMs }) });
      let { version } = keeper.list;
      ends.push(
        keeper.onChange(() => {
          if (keeper.list.version === version) return;
          version = keeper.list.version;
          logger.info({ version }, 'a newer trust list is in force');
          stamper.stamp();
        }),
      );
      if (toldLists !== undefined)
        ends.push(watchToldLists(toldLists, () => void takeTold(keeper, toldLists).catch(onFault)));
      const timer = setInterval(stamper.stamp, STAMP_EVERY_MS);
      ends.push(() => clearInterval(timer));
      stamper.stamp();
    },
    mention: (version) => watch?.mention(version),
    settled: async () => watch?.settled(),
    async close() {
      closing.abort();
      for (const end of ends) end();
      await watch?.ended();
      await stamper.ended();
    },
  };
}

const clientOf = ({ signer, participant, realm, broker }: DutyOptions) => ({
  baseUrl: broker.url,
  identity: { signer, iss: participant, aud: broker.id, realm },
});

/** What a fault says to a holder who reads the log. */
const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message.slice(0, 300) : '');

function timestamper(options: DutyOptions, signal: AbortSignal): { stamp(): void; ended(): Promise<void> } {
  const { keeper, signer, now } = options;
  let [wanted, done] = [0, 0];
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (done < wanted && !signal.aborted) {
      const round = wanted;
      const { list, signed: trustList } = keeper;
      const view: TrustView = { trustList, timestamp: await signTimestamp(list, signer, new Date(now())) };
      await bring(view, options, signal, () => wanted === round);
      done = round;
    }
  };
  return {
    stamp() {
      if (keeper.list.timestampers?.includes(signer.kid) !== true) return;
      wanted++;
      running ??= run().finally(() => {
        running = undefined;
      });
    },
    ended: async () => running,
  };
}

/** To the broker first, so that whoever hears of it from us finds it there; our own word counts for us with the broker away, too. */
async function bring(
  view: TrustView,
  options: DutyOptions,
  signal: AbortSignal,
  isWanted: () => boolean,
): Promise<void> {
  const { keeper, logger } = options;
  const client = createBrokerClient(clientOf(options));
  for (let pause = RETRY_MS.first; isWanted() && !signal.aborted; pause = Math.min(RETRY_MS.longest, pause * 2)) {
    const fault = await client.sendTrust(view, signal).then(() => undefined, asFault);
    // A newer list may have come meanwhile: then this word is of no use to us any more.
    await keeper.take(view).catch(() => undefined);
    if (fault === undefined) return;
    logger.warn({ err: fault, said: wordsOf(fault) }, 'our timestamp of the trust list could not be brought');
    // The broker will not take it: it has a newer list, say, and the watch will hear of that.
    if (fault instanceof ProblemError && fault.status < 500 && fault.code !== 'RATE_LIMITED') return;
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

const asFault = (cause: unknown): unknown => cause ?? new Error('unknown');
