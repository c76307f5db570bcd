/** The one place where adapters meet ports. */
import type { Signer, TrustKeeper } from '@revier/connector-sdk';
import { AppError, type ParticipantId, type Realm } from '@revier/schema';
import {
  assertGuardsOn,
  crashPointAt,
  type JobQueue,
  type Logger,
  type Observation,
  openQueue,
  type QueuePlace,
  type Records,
  type RecordsTrustMemory,
} from '@revier/service-kit';
import { openRules, readRules } from './access/decide.ts';
import { catalogueStore } from './adapters/catalogue-store.ts';
import { watchDepths } from './adapters/depths.ts';
import { identityProvider } from './adapters/identity-provider.ts';
import { letterStore } from './adapters/letter-store.ts';
import { recordsOffice } from './adapters/office.ts';
import { proofStore } from './adapters/proof-store.ts';
import { queryStore } from './adapters/query-store.ts';
import { carriedLogs, recordsLog } from './adapters/records-log.ts';
import { QUEUE_NAME, queueReminders, Reminder } from './adapters/reminders.ts';
import { statusStore } from './adapters/status-store.ts';
import { sumStore } from './adapters/sum-store.ts';
import { recordsWakes } from './adapters/wakes.ts';
import { withdrawalStore } from './adapters/withdrawal-store.ts';
import type { CrashLabel } from './crash-labels.ts';
import type { Limits } from './limits.ts';
import type { LogIns } from './log-in-ports.ts';
import { brokerObserver } from './observer.ts';
import type { People } from './people.ts';
import type { Broker } from './ports.ts';
import { TRUST_TOPIC } from './topics.ts';
import { vocabularies } from './vocabulary/open-vocabulary.ts';

export interface DepsOptions {
  readonly participant: ParticipantId;
  readonly signer: Signer;
  readonly realm: Realm;
  readonly trust: TrustKeeper;
  readonly memory: RecordsTrustMemory;
  readonly records: Records;
  readonly queue: QueuePlace;
  readonly logger: Logger;
  readonly observation: Observation;
  readonly limits: Limits;
  readonly redeliverSeconds: number;
  /** Without it nobody can log in; asking needs no log-in. */
  readonly people: People | undefined;
  /** Where callers reach this broker. */
  readonly publicUrl: () => string;
  readonly now: () => number;
  readonly crashAt?: CrashLabel | undefined;
}

export interface Deps {
  readonly broker: Broker;
  readonly queue: JobQueue<Reminder>;
  close(): Promise<void>;
}

const nobody: LogIns = {
  open: async () => {
    throw new AppError('LOGIN_UNAVAILABLE', { detail: 'This broker names no provider where people log in.' });
  },
};

export async function createDeps({
  records,
  queue: where,
  crashAt,
  observation,
  people,
  publicUrl,
  memory,
  ...given
}: DepsOptions): Promise<Deps> {
  assertGuardsOn(given.realm);
  const crashPoint = crashPointAt(crashAt, given.realm);
  const onError = (error: Error): void => given.logger.warn({ err: error }, 'queue');
  const options = { name: QUEUE_NAME, payload: Reminder, onError };
  const queue = await openQueue(where, records, options);
  const { wakes, close } = await recordsWakes(records);
  watchDepths(observation.metrics, records, queue);
  const catalogues = catalogueStore(records);
  const { participant, now } = given;
  const production = given.realm === 'production';
  const logInsOf = (): LogIns =>
    people === undefined
      ? nobody
      : identityProvider({ people, audience: people.audience ?? participant, publicUrl, production, now });
  // Another process of this broker may have been brought something newer.
  const forget = wakes.on(TRUST_TOPIC, () => void given.trust.recall().catch(onError));
  const broker: Broker = {
    ...given,
    crashPoint,
    observer: brokerObserver(observation),
    catalogues,
    office: recordsOffice(records, memory),
    queries: queryStore(records),
    sums: sumStore(records),
    log: recordsLog(records, given),
    carried: carriedLogs(records),
    withdrawals: withdrawalStore(records),
    statuses: statusStore(records),
    letters: letterStore(records, given.limits),
    wakes,
    logIns: logInsOf(),
    proofs: proofStore(records),
    decide: openRules(readRules()),
    reminders: queueReminders(queue, given.now),
    vocabulary: vocabularies(catalogues),
  };
  return {
    broker,
    queue,
    close: async () => {
      forget();
      await queue.close();
      await close();
    },
  };
}
