/** Group commit: what comes while a batch is under way forms the next one, so that many callers cost few statements. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A batch in, what came of the item at each place out. All or nothing: it rejects when it has done nothing. */
export type BatchWork<I, O> = (items: readonly I[]) => Promise<(place: number) => O>;

/** Bounds the memory and the time of one transaction. */
const MOST = 500;

interface Wish<I, O> {
  readonly item: I;
  readonly resolve: (outcome: O) => void;
  readonly reject: (error: unknown) => void;
}

export function inBatches<I, O>(work: BatchWork<I, O>): (item: I) => Promise<O> {
  const waiting: Wish<I, O>[] = [];
  let busy = false;
  const run = async (): Promise<void> => {
    busy = true;
    // Whoever asks in the same turn comes along.
    await nextTurn();
    while (waiting.length > 0) await settle(work, waiting.splice(0, MOST));
    busy = false;
  };
  return (item) => {
    const { promise, resolve, reject } = Promise.withResolvers<O>();
    waiting.push({ item, resolve, reject });
    if (!busy) void run();
    return promise;
  };
}

/** Never rejects. A batch that failed is tried one by one, so that a bad item spoils nobody else's. */
async function settle<I, O>(work: BatchWork<I, O>, batch: readonly Wish<I, O>[]): Promise<void> {
  try {
    const outcomeAt = await work(batch.map(({ item }) => item));
    batch.forEach(({ resolve }, place) => {
      resolve(outcomeAt(place));
    });
  } catch (error) {
    const [first, ...others] = batch;
    if (others.length === 0) first?.reject(error);
    else for (const one of batch) await settle(work, [one]);
  }
}
