/** Questions under way, by the agreement that they are asked under: when it ends, all of them end at once. */
import type { Sha256 } from '@revier/schema';
import type { Refusal } from './refusal.ts';

export interface UnderWay {
  /** Rejects with the refusal when the agreement ends meanwhile, whatever the work itself makes of its signal. */
  run<T>(agreement: Sha256, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Statements are cancelled; returns how many questions it was about. */
  end(agreement: Sha256, why: Refusal): number;
}

export function createUnderWay(): UnderWay {
  const running = new Map<Sha256, Set<AbortController>>();
  return {
    async run(agreement, signal, work) {
      const ending = new AbortController();
      const own = running.get(agreement) ?? new Set();
      running.set(agreement, own.add(ending));
      try {
        return await work(AbortSignal.any([signal, ending.signal]));
      } catch (error) {
        throw ending.signal.aborted ? ending.signal.reason : error;
      } finally {
        own.delete(ending);
        if (own.size === 0) running.delete(agreement);
      }
    },
    end(agreement, why) {
      const own = [...(running.get(agreement) ?? [])];
      for (const ending of own) ending.abort(why);
      return own.length;
    },
  };
}
