/** What a node's records hold, in memory: the fakes stand on one of these as their real counterparts stand on one schema. */
import { decodeRelease } from '@revier/connector-sdk';
import { type AnswerBasis, contentHash, type PastAnswer } from '@revier/core';
import type { Sha256 } from '@revier/schema';
import type { AnswerKey, AuditEntry, KeptBody, PastDecision } from '../ports.ts';
import { openSealedAnswer, type SealedAnswer } from '../rooms/sieve.ts';

export interface MemoryAnswer {
  readonly key: AnswerKey;
  readonly body: KeptBody;
  /** Null where nothing later can be held against it. */
  readonly past: PastAnswer | null;
}

export interface MemoryCharge {
  readonly submission: Sha256;
  readonly dataset: string;
  readonly lineage: Sha256;
  readonly cells: number;
  /** Milliseconds. */
  readonly at: number;
  /** What has left of it. */
  released: { readonly at: number; readonly body: Sha256 } | null;
}

export interface MemoryRecords {
  /** Oldest first, one under a key. */
  readonly answers: MemoryAnswer[];
  readonly charges: MemoryCharge[];
  /** Newest last. */
  readonly log: PastDecision[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** One decision after the other. */
  decided<T>(work: () => Promise<T>): Promise<T>;
}

export function memoryRecords(now: () => number): MemoryRecords {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...{ answers: [], charges: [], log: [], now },
    decided(work) {
      const done = last.then(work);
      last = done.catch(() => undefined);
      return done;
    },
  };
}

export function enter({ log, now }: MemoryRecords, { decision, codes, facts }: AuditEntry): void {
  log.push({ at: new Date(now()).toISOString(), decision, codes, facts });
}

export function keptUnder({ answers }: MemoryRecords, key: AnswerKey): KeptBody | undefined {
  const name = contentHash(key);
  return answers.find((one) => contentHash(one.key) === name)?.body;
}

/** The first under a key stays. */
export function keepAnswer(records: MemoryRecords, key: AnswerKey, answer: SealedAnswer): void {
  if (keptUnder(records, key) !== undefined) return;
  const { bytes, hash, basis, granted } = openSealedAnswer(answer);
  const past = basis == null ? null : pastOf(key, { bytes, hash }, basis, granted.cellKeys?.perturbation ?? null);
  records.answers.push({ key, body: { bytes, hash }, past });
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
