/** Waiting for something to become true, for so long and no longer. */
import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 50;

/**
 * What `look` finds as soon as it finds something. A look that rejects has found nothing yet; its last error is the cause
 * of the one that is thrown when the time is up.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  limitMs: number = 30_000,
): Promise<T> {
  const ends = performance.now() + limitMs;
  for (;;) {
    let cause: unknown;
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > ends) throw new Error(`Waited ${limitMs} ms in vain: ${what}`, { cause });
    await sleep(PAUSE_MS);
  }
}
