/** The waiting room: what was found out about persons leaves at a time that its public cost tells, cached or fresh, whatever was found. */
import { setTimeout as sleep } from 'node:timers/promises';
import { leavingTime } from '@revier/core';
import type { GrantedFacts } from './guard.ts';
import { cellsOf } from './guard.ts';

export interface Leaving {
  /** From the moment that a task was taken. */
  begin(): Departure;
}

/** Resolves when the answer to the granted task may be written down and sent; rejects when the signal is aborted. */
export type Departure = (granted: Pick<GrantedFacts, 'own' | 'prepared'>, signal: AbortSignal) => Promise<void>;

export const LEAVING_TICK_MS = 100;

/** @param tickMs 0: nothing waits */
export const createLeaving = (tickMs: number): Leaving => ({
  begin() {
    const begun = performance.now();
    return async ({ own, prepared }, signal) => {
      // Open figures are exact, and about nobody; what answers together waits for others.
      if (own.dataset.mode !== 'L' || tickMs === 0) return;
      const figures = cellsOf(prepared, own.table.margins) * own.table.measures.length;
      const elapsed = performance.now() - begun;
      const left = leavingTime({ figures }, elapsed, tickMs) - elapsed;
      await sleep(left, undefined, { signal }).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : error;
      });
    };
  },
});
