/** A memory for tests that outlives a keeper, as records outlive a process. */
import type { TrustView } from '@revier/schema';
import type { TrustMemory } from './trust-keeper.ts';

export function trustMemory(): TrustMemory & { view: TrustView | undefined } {
  const memory: TrustMemory & { view: TrustView | undefined } = {
    view: undefined,
    load: async () => memory.view,
    store: async (view) => {
      memory.view = view;
    },
  };
  return memory;
}
