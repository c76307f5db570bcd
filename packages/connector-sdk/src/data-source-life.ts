/** The life of an open data source: it takes tables until it is closed, and lets go when the last answer is out. */
import type { RawTable } from '@revier/core';
import { AppError } from '@revier/schema';
import type { DataSource } from './data-source.ts';

export function untilClosed(aggregate: DataSource['aggregate'], release: () => Promise<void>): DataSource {
  const running = new Set<Promise<RawTable>>();
  let closed: Promise<void> | undefined;
  return {
    async aggregate(table, options) {
      if (closed !== undefined) throw new AppError('INTERNAL', { detail: 'The data source is closed.' });
      const work = aggregate(table, options);
      running.add(work);
      try {
        return await work;
      } finally {
        running.delete(work);
      }
    },
    close() {
      closed ??= Promise.allSettled([...running]).then(release);
      return closed;
    },
  };
}

/** Ends with whichever comes first, the caller's signal or the time limit. */
export const stopSignal = ({ signal, timeoutMs }: { signal?: AbortSignal; timeoutMs: number }): AbortSignal =>
  AbortSignal.any([AbortSignal.timeout(Math.ceil(timeoutMs)), ...(signal === undefined ? [] : [signal])]);

/** Throws `DOMException` `AbortError` once the signal is aborted, whatever reason it was given. */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new DOMException('The work was stopped', 'AbortError');
}
