/** A lock in memory: first come, first served, and nobody waits for ever. */
import { AppError } from '@revier/schema';

/** A transaction that waits for another client of its own process would otherwise hang in silence. */
const WAIT_LIMIT_MS = 60_000;

export class Lock {
  #tail: Promise<void> = Promise.resolve();

  /** Resolves with the function that gives the lock back (calling it twice does no harm). */
  async acquire(limitMs: number = WAIT_LIMIT_MS): Promise<() => void> {
    const { promise: mine, resolve: release } = Promise.withResolvers<void>();
    const before = this.#tail;
    this.#tail = before.then(() => mine);
    if (await endedWithin(before, limitMs)) return release;
    // Whoever gives up must not block those behind.
    release();
    throw new AppError('INTERNAL', { detail: 'The embedded database was held by one transaction for too long.' });
  }
}

async function endedWithin(promise: Promise<void>, limitMs: number): Promise<boolean> {
  const { promise: limit, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), limitMs);
  try {
    return await Promise.race([promise.then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}
