/** A turnstile: no more than so many at once, the others wait in line. */

export type Limiter = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

export function createLimiter(most: number): Limiter {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work, signal) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      // The place goes to the next in line, else it is free again.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
