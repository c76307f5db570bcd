/** A wake-up call: whoever waits for the next one is told once. */
export interface Wakeup {
  wake(): void;
  /** Resolves at the next call of `wake`. */
  next(): Promise<void>;
}

export function createWakeup(): Wakeup {
  let waiting = Promise.withResolvers<void>();
  return {
    wake() {
      waiting.resolve();
      waiting = Promise.withResolvers<void>();
    },
    next: () => waiting.promise,
  };
}
