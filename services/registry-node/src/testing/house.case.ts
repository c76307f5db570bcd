/** A house without servers: real keys, signatures and plans over the small region; records and data in memory. */

import { randomUUID } from 'node:crypto';
import { createSigner, queryDigest } from '@revier/connector-sdk';
import { contentHash, protectSystem, type RawTable, type SourceTable, type Vocabulary } from '@revier/core';
import { type CompactJws, type Floor, type QuestionInput, type SentTask, Task } from '@revier/schema';
import { createLogger, unobserved } from '@revier/service-kit';
import { smallDatasets, smallVocabulary } from '@revier/testkit';
import { nodeObserver } from '../observer.ts';
import type { HeldDataset, Self } from '../ports.ts';
import { createAllowance } from '../rooms/allowance.ts';
import { confirmBeforeSql } from '../rooms/checkpoints.ts';
import { fileAgreements } from '../rooms/file-agreements.ts';
import { createLeaving } from '../rooms/leaving.ts';
import { createLimiter, createTurns } from '../rooms/limiter.ts';
import { createUnderWay } from '../rooms/under-way.ts';
import type { Sums } from '../sum-ports.ts';
import type { House } from '../use-cases/answer-task.ts';
import { type Signed, signAgreement, type Terms } from './agreement.case.ts';
import { type MemoryAccounts, memoryAccounts, type Stored } from './memory-accounts.case.ts';
import { type MemoryBook, memoryBook } from './memory-book.case.ts';
import { memoryHistory } from './memory-history.case.ts';
import { memoryPatterns } from './memory-patterns.case.ts';
import { memoryRecords } from './memory-records.case.ts';
import { type Asked, type Asking, ask, makeParties, type Parties, seconds } from './parties.case.ts';
import { NOISE_KEY } from './ruhr.case.ts';

/** Cases by city: stage 0, mode L, 2 cells. */
export const question: QuestionInput = {
  register: 'urn:revier:register:small',
  purpose: 'ehds:PublicHealthSurveillance',
  aggregates: { cases: { model: 'cancer-case/1', count: 'persons' } },
  by: [{ variable: 'area', level: 'city' }],
};

/** Of one person in a minute. */
export const DRY_RUNS = 5;

export const registry = 'registry';
const dataset = 'urn:revier:dataset:registry-cancer-case-1';

/** What the source of a small house is asked and answers. */
export interface MemorySource {
  readonly asked: SourceTable[];
  answer(table: SourceTable, signal: AbortSignal | undefined): Promise<RawTable>;
}

/** 40 persons in city A, 3 in city B, each with one case. */
export function smallSource(): MemorySource {
  const keys = [Uint32Array.of(0, 1)];
  const people = () => Float64Array.of(40, 3);
  const asked: SourceTable[] = [];
  return {
    asked,
    async answer(table) {
      asked.push(table);
      return {
        measures: [{ kind: 'count', keys, value: people(), persons: people() }],
        atoms: { keys, signature: Uint32Array.of(1, 1), records: people(), persons: people() },
      };
    },
  };
}

/** In a small house nobody answers together. */
const alone = () => Promise.reject(new Error('nobody answers together here'));
const nobodyTogether: Sums = {
  ...{
    find: alone,
    accept: alone,
    hold: alone,
    mask: alone,
    openAgain: alone,
    partOf: alone,
    isOpenedOtherwise: alone,
  },
};

export interface SmallHouse {
  readonly parties: Parties;
  readonly house: House;
  readonly book: MemoryBook;
  readonly source: MemorySource;
  readonly vocabulary: Vocabulary;
  readonly agreement: Signed;
  /** May be changed: what the node has stored. */
  stored: Stored;
  /** What was charged, and how the agreement stands. */
  readonly memory: MemoryAccounts;
  now: number;
  ask(change?: Partial<Asking>): Promise<Asked>;
  task(asked: Asked, change?: Partial<Task>): Task;
  /** The text that a task names. */
  queryOf(task: Task): CompactJws;
  /** As the broker signs and sends it. */
  sign(task: Task): Promise<SentTask>;
}

export async function smallHouse(terms: Partial<Terms> = {}, floor: Partial<Floor> = {}): Promise<SmallHouse> {
  const parties = await makeParties(['registry', 'city-a', 'city-b']);
  const vocabulary = smallVocabulary();
  const holder = parties.holder(registry);
  const agreement = await signAgreement(parties, holder, { vocabulary, dataset, questions: [question], ...terms });
  const records = memoryRecords(() => small.now);
  const memory = memoryAccounts(agreement, () => small.stored, records);
  const [book, source] = [memoryBook(records, memory.accounts.facts), smallSource()];
  const description = smallDatasets.find(({ id }) => id === dataset);
  if (description === undefined) throw new Error('the small region has no registry');
  const held: HeldDataset = {
    description,
    hash: contentHash(description),
    source: { aggregate: (table, { signal }) => source.answer(table, signal), close: async () => undefined },
  };
  const self: Self = {
    participant: holder.id,
    realm: 'test',
    broker: parties.broker.id,
    signer: await createSigner(holder.privateKey),
    trust: parties.trust,
    floor: {
      kind: 'floor',
      holder: holder.id,
      realm: 'test',
      minCellSize: 5,
      publicDatasets: [],
      maxDimensions: 5,
      maxCells: 1000,
      ...floor,
    },
    now: () => small.now,
  };
  const observer = nodeObserver(unobserved);
  const [history, datasets] = [memoryHistory(records), new Map([[dataset, held]])];
  const house: House = {
    self,
    datasets,
    vocabularies: { open: async () => vocabulary },
    bodies: { fetch: () => Promise.reject(new Error('nothing travels here')) },
    book,
    history,
    fileAgreements: fileAgreements({
      ...{ self, datasets, history, agreements: memory.agreements, latticeIsAdvice: false },
    }),
    agreements: memory.agreements,
    accounts: memory.accounts,
    sums: nobodyTogether,
    archive: {
      ...{ timeoutMs: 1000, limiter: createLimiter(2), observer },
      confirm: (question) => confirmBeforeSql(question, { self, accounts: memory.accounts }),
    },
    linked: {
      agreements: memory.agreements,
      patterns: memoryPatterns(records),
      protect: async (counts) => protectSystem(counts),
      turns: createTurns(),
    },
    isSealed: async () => false,
    dryRuns: createAllowance(DRY_RUNS, () => small.now),
    underWay: createUnderWay(),
    leaving: createLeaving(0),
    noiseKey: NOISE_KEY,
    logger: createLogger({ name: 'test', level: 'silent' }),
    observer,
    crashPoint: () => undefined,
  };
  const queries = new Map<string, CompactJws>();
  const small: SmallHouse = {
    parties,
    house,
    book,
    source,
    vocabulary,
    agreement,
    memory,
    stored: { hash: agreement.hash, agreement: agreement.agreement },
    now: Date.now(),
    ask: async (change = {}) => {
      const asking = { question, agreements: [agreement.hash], catalogue: vocabulary.hash, ...change };
      const asked = await ask(parties, asking);
      queries.set(queryDigest(asked.signedQuery.query), asked.signedQuery.query);
      return asked;
    },
    task: ({ signedQuery, submissionId }, change = {}) =>
      Task.parse({
        taskId: randomUUID(),
        iss: parties.broker.id,
        aud: holder.id,
        realm: 'test',
        stage: 0,
        dataset,
        attempt: 1,
        evidence: [],
        iat: seconds(),
        exp: seconds() + 120,
        query: queryDigest(signedQuery.query),
        credential: signedQuery.credential,
        submissionId,
        ...change,
      }),
    queryOf: (task) => queries.get(task.query) ?? '',
    sign: async (task) => ({
      task: await parties.broker.signer.sign('revier-task+jws', task),
      query: small.queryOf(task),
    }),
  };
  return small;
}
