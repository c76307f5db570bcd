/** Wakes by LISTEN and NOTIFY of the records, so that a long poll at another process hears them too. */
import type { Records } from '@revier/service-kit';
import type { Wakes } from '../ports.ts';
import { inBatches } from './in-batches.ts';

const CHANNEL = 'revier_broker';
const SOON_MS = 100;

export async function recordsWakes(records: Records): Promise<{ wakes: Wakes; close(): Promise<void> }> {
  const waiting = new Map<string, Set<() => void>>();
  const close = await records.listen(CHANNEL, (topic) => {
    // Empty after a lost connection: anything may have been missed.
    const woken = topic === '' ? [...waiting.values()] : [waiting.get(topic) ?? []];
    for (const fns of woken) for (const fn of [...fns]) fn();
  });
  const on = (topic: string, fn: () => void): (() => void) => {
    const fns = waiting.get(topic) ?? new Set();
    waiting.set(topic, fns.add(fn));
    return () => {
      fns.delete(fn);
      if (fns.size === 0) waiting.delete(topic);
    };
  };
  // A question to a thousand holders wakes all of them in one statement.
  const wake = inBatches<string, void>(async (topics) => {
    await records.pool.query('select pg_notify($1, topic) from unnest($2::text[]) as given (topic)', [CHANNEL, topics]);
    return () => {};
  });
  const soon = laterOnce(wake);
  return {
    wakes: { wake, wakeSoon: soon.run, on },
    close: async () => {
      soon.stop();
      await close();
    },
  };
}

/** Many calls with one topic within a short time become one. */
function laterOnce(wake: (topic: string) => Promise<void>): { run(topic: string): void; stop(): void } {
  const timers = new Map<string, NodeJS.Timeout>();
  const run = (topic: string): void => {
    if (timers.has(topic)) return;
    const fire = (): void => {
      timers.delete(topic);
      // Lost: whoever waits looks again by and by.
      wake(topic).catch(() => undefined);
    };
    timers.set(topic, setTimeout(fire, SOON_MS));
  };
  const stop = (): void => {
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
  };
  return { run, stop };
}
