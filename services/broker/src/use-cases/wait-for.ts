/** Long polls: look, wait until woken, look again. */
import type { Wakes } from '../ports.ts';

export interface Patience {
  readonly seconds: number;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** A wake may get lost with its connection, and what is due later wakes nobody: so look again now and then. */
const LOOK_AGAIN_MS = 3_000;

/** What `look` finds, or undefined when it found nothing in time. */
export async function waitFor<T>(
  wakes: Pick<Wakes, 'on'>,
  topic: string,
  look: () => Promise<T | undefined>,
  { seconds, signal }: Patience,
): Promise<T | undefined> {
  const ends = performance.now() + seconds * 1000;
  let wake = Promise.withResolvers<void>();
  const stop = wakes.on(topic, () => wake.resolve());
  const abort = (): void => wake.resolve();
  signal.addEventListener('abort', abort);
  try {
    for (;;) {
      // Armed before the look, so that nothing slips through between look and wait.
      wake = Promise.withResolvers<void>();
      const found = await look();
      const left = ends - performance.now();
      if (found !== undefined || left <= 0 || signal.aborted) return found;
      await within(wake.promise, Math.min(left, LOOK_AGAIN_MS));
    }
  } finally {
    signal.removeEventListener('abort', abort);
    stop();
  }
}

async function within(promise: Promise<void>, ms: number): Promise<void> {
  const { promise: limit, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, limit]);
  clearTimeout(timer);
}
