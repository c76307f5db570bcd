/** The watch: looks at the broker's trust list once a minute, at once when told of a newer one, and often while ours is stale. */
import { pauseOrAbort } from '../client/task-desk.ts';
import { catchUp, type TrustReads } from './catch-up.ts';
import type { TrustKeeper } from './trust-keeper.ts';

export interface WatchOptions {
  readonly keeper: TrustKeeper;
  readonly reads: TrustReads;
  readonly signal: AbortSignal;
  readonly onFault: (cause: unknown) => void;
  /** Milliseconds between two looks; a minute when left out. */
  readonly everyMs?: number;
}

export interface TrustWatch {
  /** A version that somebody has mentioned: we look at once when it is newer. */
  mention(version: number): void;
  /** Resolves when the look that the last mention has caused is over, whatever came of it; at once when none is under way. */
  settled(): Promise<void>;
  ended(): Promise<void>;
}

const A_MINUTE = 60_000;
/** While stale: soon at first, since at a start the timestamper is seconds away. */
const IMPATIENT = { firstMs: 25, longestMs: 5_000 };

export function watchTrust(options: WatchOptions): TrustWatch {
  const { keeper, signal, everyMs = A_MINUTE } = options;
  let [mentioned, staleLooks] = [0, 0];
  let woken = new AbortController();
  /** A look that somebody may wait for, and that has not begun. */
  let due: PromiseWithResolvers<void> | undefined;
  let last = Promise.resolve();
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      woken = new AbortController();
      const awaited = due;
      due = undefined;
      // What a look did not bring may be mentioned again.
      if (!(await look(options))) mentioned = keeper.list.version;
      awaited?.resolve();
      staleLooks = keeper.isFresh() ? 0 : staleLooks + 1;
      const pause = staleLooks === 0 ? everyMs : Math.min(everyMs, impatience(staleLooks));
      await pauseOrAbort(pause, AbortSignal.any([signal, woken.signal]));
    }
  };
  const ended = run().finally(() => due?.resolve());
  return {
    mention(version) {
      if (signal.aborted || version <= keeper.list.version || version <= mentioned) return;
      mentioned = version;
      due ??= Promise.withResolvers();
      last = due.promise;
      woken.abort();
    },
    settled: () => last,
    ended: () => ended,
  };
}

const impatience = (looks: number): number =>
  Math.min(IMPATIENT.longestMs, IMPATIENT.firstMs * 2 ** Math.min(looks - 1, 20));

/** False when it failed. */
async function look({ keeper, reads, signal, onFault }: WatchOptions): Promise<boolean> {
  try {
    await catchUp(keeper, reads, signal);
    return true;
  } catch (cause) {
    if (!signal.aborted) onFault(cause);
    return false;
  }
}

/** Resolves when the list is fresh; rejects with the reason of `signal` when nobody waits any more. */
export async function untilFresh(
  keeper: Pick<TrustKeeper, 'isFresh' | 'onChange'>,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  while (!keeper.isFresh()) {
    signal.throwIfAborted();
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = keeper.onChange(() => resolve());
    const abort = (): void => resolve();
    signal.addEventListener('abort', abort, { once: true });
    await promise;
    signal.removeEventListener('abort', abort);
    stop();
  }
}
