/** What a node's records hold, in memory: the fakes stand on one of these as their real counterparts stand on one schema. */
import { contentHash, type PastAnswer } from '@revier/core';
import type { Sha256 } from '@revier/schema';
import type { AnswerKey, AuditEntry, KeptBody, PastDecision } from '../ports.ts';

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
export function keepAnswer(records: MemoryRecords, answer: MemoryAnswer): void {
  if (keptUnder(records, answer.key) === undefined) records.answers.push(answer);
}
