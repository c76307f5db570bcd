/** Decides about linked tables in a thread of its own: that can take seconds, in which a revocation, a stop and a look at its health must reach the node. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type LinkedRelease, protectSystem, type SystemCounts } from '@revier/core';
import { z } from 'zod';

/** A thread takes longer to start than so few cells to decide. */
const IN_PASSING = 100;

/** Fails closed: a thread that fails, or says anything else, decides nothing. */
export async function protectAside(counts: SystemCounts, signal: AbortSignal): Promise<LinkedRelease> {
  signal.throwIfAborted();
  const { cells } = counts.system;
  if (cells <= IN_PASSING) return protectSystem(counts);
  const worker = new Worker(new URL('./protect-thread.ts', import.meta.url), { workerData: counts });
  try {
    const [said]: unknown[] = await Promise.race([
      once(worker, 'message', { signal }),
      once(worker, 'exit', { signal }).then(([code]) => {
        throw new Error(`The thread has ended with ${code}.`);
      }),
    ]);
    return releaseOf(cells).parse(said);
  } finally {
    await worker.terminate();
  }
}

const releaseOf = (cells: number) =>
  z.object({
    shown: z.instanceof(Uint8Array<ArrayBuffer>).refine(({ length }) => length === cells),
    repairs: z.int(),
  });
