/** A history in memory: the rules of the records' one, without their durability. */
import { decodeRelease } from '@revier/connector-sdk';
import type { AnswerBasis, PastAnswer } from '@revier/core';
import type { AnswerKey, History, KeptBody } from '../ports.ts';
import { openSealedAnswer, type SealedAnswer } from '../rooms/sieve.ts';
import { keepAnswer, keptUnder, type MemoryAnswer, type MemoryRecords } from './memory-records.case.ts';

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
      keepAnswer(records, keptAs(key, answer));
      return answer;
    },
    answered: async (dataset) => new Set(over(dataset).map(({ key }) => key.table)),
  };
}

function keptAs(key: AnswerKey, answer: SealedAnswer): MemoryAnswer {
  const { bytes, hash, basis, granted } = openSealedAnswer(answer);
  const body = { bytes, hash };
  return { key, body, past: basis == null ? null : pastOf(key, body, basis, granted.cellKeys?.perturbation ?? null) };
}

const pastOf = (
  { table, epoch, minCellSize }: AnswerKey,
  { bytes, hash }: KeptBody,
  { shape, sets }: AnswerBasis,
  perturbation: PastAnswer['perturbation'],
): PastAnswer => ({
  ...{ table, epoch, minCellSize, perturbation },
  measures: decodeRelease(bytes, { bytes: bytes.length, sha256: hash }).measures,
  basis: {
    shape,
    sets: sets.map(({ units, persons, keys, fresh }) => ({
      ...{ units: units.map(ifFresh(fresh)), persons: persons.map(ifFresh(fresh)), keys: keys.map(ifFresh(fresh)) },
      fresh,
    })),
  },
});

const ifFresh = (fresh: Uint8Array) => (value: number, cell: number) => (fresh[cell] === 1 ? value : 0);
