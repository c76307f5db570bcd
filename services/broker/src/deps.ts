/** The one place where adapters meet ports. */
import type { Signer, Trust } from '@revier/connector-sdk';
import type { GeneralJws, ParticipantId, Realm } from '@revier/schema';
import {
  crashPointAt,
  type JobQueue,
  type Logger,
  type Observation,
  postgresQueue,
  type Records,
  redisQueue,
} from '@revier/service-kit';
import { catalogueStore } from './adapters/catalogue-store.ts';
import { watchDepths } from './adapters/depths.ts';
import { queryStore } from './adapters/query-store.ts';
import { QUEUE_NAME, queueReminders, Reminder } from './adapters/reminders.ts';
import { recordsWakes } from './adapters/wakes.ts';
import type { CrashLabel } from './crash-labels.ts';
import type { Limits } from './limits.ts';
import { brokerObserver } from './observer.ts';
import type { Broker } from './ports.ts';
import { vocabularies } from './vocabulary/open-vocabulary.ts';

export interface DepsOptions {
  readonly participant: ParticipantId;
  readonly signer: Signer;
  readonly realm: Realm;
  readonly trust: Trust;
  readonly trustList: GeneralJws;
  readonly records: Records;
  readonly queue: 'records' | { readonly redisUrl: string };
  readonly logger: Logger;
  readonly observation: Observation;
  readonly limits: Limits;
  readonly redeliverSeconds: number;
  readonly now: () => number;
  readonly crashAt?: CrashLabel | undefined;
}

export interface Deps {
  readonly broker: Broker;
  readonly queue: JobQueue<Reminder>;
  close(): Promise<void>;
}

export async function createDeps({
  records,
  queue: where,
  crashAt,
  observation,
  ...given
}: DepsOptions): Promise<Deps> {
  const crashPoint = crashPointAt(crashAt, given.realm);
  const onError = (error: Error): void => given.logger.warn({ err: error }, 'queue');
  const options = { name: QUEUE_NAME, payload: Reminder, onError };
  const queue = await (where === 'records' ? postgresQueue(records, options) : redisQueue(where.redisUrl, options));
  const { wakes, close } = await recordsWakes(records);
  watchDepths(observation.metrics, records, queue);
  const catalogues = catalogueStore(records);
  const broker: Broker = {
    ...given,
    crashPoint,
    observer: brokerObserver(observation),
    catalogues,
    queries: queryStore(records),
    wakes,
    reminders: queueReminders(queue, given.now),
    vocabulary: vocabularies(catalogues),
  };
  return {
    broker,
    queue,
    close: async () => {
      await queue.close();
      await close();
    },
  };
}
