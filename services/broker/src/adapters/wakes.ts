/** Wakes by LISTEN and NOTIFY of the records, so that a long poll at another process hears them too. */
import type { Records } from '@revier/service-kit';
import type { Wakes } from '../ports.ts';

const CHANNEL = 'revier_broker';

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
  return { wakes: { wake: (topic) => records.notify(CHANNEL, topic), on }, close };
}
