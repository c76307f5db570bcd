/** Changes of agreements, told within the process: what is published and what the broker is told follows them. */
import type { Sha256 } from '@revier/schema';
import type { Changes } from './policy-ports.ts';

export function createChanges(): Changes {
  const listeners = new Set<(agreement: Sha256) => void>();
  return {
    emit: (agreement) => {
      for (const fn of listeners) fn(agreement);
    },
    on: (fn) => {
      listeners.add(fn);
      return () => void listeners.delete(fn);
    },
  };
}
