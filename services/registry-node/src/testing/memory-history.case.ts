/** A history in memory: the rules of the records' one, without their durability. */
import type { AnswerKey, History, KeptBody } from '../ports.ts';
import { keepAnswer, keptUnder, type MemoryRecords } from './memory-records.case.ts';

export function memoryHistory(records: MemoryRecords): History {
  const { answers } = records;
  const over = (dataset: string) => answers.filter(({ key }) => key.dataset === dataset);
  /** Nothing can be held against it, so it stays as a whole in every later epoch. */
  const keptWithoutBasis = ({ dataset, table, minCellSize, versions }: AnswerKey): KeptBody | undefined =>
    over(dataset).find(
      ({ key, past }) =>
        past === null &&
        minCellSize > 0 &&
        key.table === table &&
        key.minCellSize === minCellSize &&
        key.versions === versions,
    )?.body;
  return {
    async answer(key, make) {
      const kept = keptUnder(records, key) ?? keptWithoutBasis(key);
      if (kept !== undefined) return kept;
      const answer = make(over(key.dataset).flatMap(({ past }) => past ?? []));
      keepAnswer(records, key, answer);
      return answer;
    },
    answered: async (dataset) => new Set(over(dataset).map(({ key }) => key.table)),
  };
}
