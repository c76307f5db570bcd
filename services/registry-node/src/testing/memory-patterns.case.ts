/** Kept patterns in memory: the rules of the records' ones, without their durability. */
import type { KeptPattern, PatternEpoch, Patterns } from '../linked-ports.ts';
import type { MemoryRecords } from './memory-records.case.ts';

export function memoryPatterns({ answers }: Pick<MemoryRecords, 'answers'>): Patterns {
  const kept = new Map<string, readonly KeptPattern[]>();
  const epochName = ({ dataset, epoch }: PatternEpoch) => `${dataset} ${epoch}`;
  const look = (epoch: PatternEpoch) => {
    const patterns = kept.get(epochName(epoch)) ?? [];
    const known = new Set(patterns.map(nameOf));
    const hasOthers = answers.some(
      ({ key }) =>
        key.dataset === epoch.dataset &&
        key.epoch === epoch.epoch &&
        !known.has(nameOf({ hash: key.table, versions: key.versions })),
    );
    return { patterns, hasOthers };
  };
  return {
    of: async (epoch) => look(epoch),
    async keep(epoch, before, fresh) {
      const { patterns, hasOthers } = look(epoch);
      if (patterns.length !== before.patterns.length || hasOthers !== before.hasOthers) return false;
      const all = [...patterns, ...fresh];
      if (new Set(all.map(nameOf)).size < all.length) throw new Error('a pattern is decided once');
      kept.set(
        epochName(epoch),
        all.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1)),
      );
      return true;
    },
  };
}

const nameOf = ({ hash, versions }: Pick<KeptPattern, 'hash' | 'versions'>) => `${hash} ${versions}`;
