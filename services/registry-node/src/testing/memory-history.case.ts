/** A history in memory: the rules of the records' one, without their durability. */
import { decodeRelease } from '@revier/connector-sdk';
import { contentHash, type PastAnswer } from '@revier/core';
import type { History } from '../ports.ts';
import { openSealedAnswer, type SealedAnswer } from '../rooms/sieve.ts';

export function memoryHistory(): History {
  const answers = new Map<string, SealedAnswer>();
  const past: PastAnswer[] = [];
  return {
    async answer(key, make) {
      const name = contentHash(key);
      const known = answers.get(name);
      if (known !== undefined) return known;
      const answer = make(past);
      answers.set(name, answer);
      const { bytes, hash, basis, granted } = openSealedAnswer(answer);
      if (basis != null)
        past.push({
          ...{ table: key.table, epoch: key.epoch, minCellSize: key.minCellSize, basis },
          perturbation: granted.cellKeys?.perturbation ?? null,
          measures: decodeRelease(bytes, { bytes: bytes.length, sha256: hash }).measures,
        });
      return answer;
    },
    answered: async () => new Set(past.map(({ table }) => table)),
  };
}
