/** Turnstiles: no more than so many at once, or one of each name; the others wait in line. */

export type Limiter = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

export function createLimiter(most: number): Limiter {
  let running = 0;
  const waiting: (() => void)[] = [];
  // Who is told to stop leaves the line at once.
  const turn = (signal: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const enter = (): void => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = (): void => {
      waiting.splice(waiting.indexOf(enter), 1);
      reject(signal.reason);
    };
    waiting.push(enter);
    signal.addEventListener('abort', leave, { once: true });
    return promise;
  };
  return async (work, signal) => {
    signal.throwIfAborted();
    if (running >= most) await turn(signal);
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

export type Turns = <T>(name: string, work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** One at a time of each name; names are few, and kept. */
export function createTurns(): Turns {
  const limiters = new Map<string, Limiter>();
  return (name, work, signal) => {
    const limiter = limiters.get(name) ?? createLimiter(1);
    limiters.set(name, limiter);
    return limiter(work, signal);
  };
}
