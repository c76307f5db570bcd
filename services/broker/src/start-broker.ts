/** A broker from its parts to an address, and back. */
import { assertTrustInForce, openTrustKeeper, type Signer } from '@revier/connector-sdk';
import { AppError, type GeneralJws, type ParticipantId, type Realm } from '@revier/schema';
import {
  closeGracefully,
  httpTimes,
  type Logger,
  listen,
  migrate,
  migrateQueues,
  type Observation,
  pendingMigrations,
  type Records,
  recordsTrustMemory,
  unobserved,
} from '@revier/service-kit';
import { createApp } from './app.ts';
import type { CrashLabel } from './crash-labels.ts';
import { migrations } from './db/migrations.ts';
import { SCHEMA } from './db/tables.ts';
import { createDeps } from './deps.ts';
import { Limits, type LimitsInput } from './limits.ts';
import { assertSafe, People, type PeopleInput } from './people.ts';
import type { Broker } from './ports.ts';
import { hangOutOwn } from './use-cases/carry-checkpoints.ts';
import { makeVersion } from './use-cases/make-version.ts';
import { remindUnanswered, settleQuery } from './use-cases/settle-query.ts';

export interface BrokerOptions {
  readonly participant: ParticipantId;
  readonly signer: Signer;
  readonly realm: Realm;
  readonly trustList: GeneralJws;
  /** Key ids of whom every one must have signed the trust list. */
  readonly pinnedSigners: readonly string[];
  /** Opened, and closed afterwards, by the caller. */
  readonly records: Records;
  readonly queue: 'records' | { readonly redisUrl: string };
  readonly listen: { readonly host: string; readonly port: number };
  readonly logger: Logger;
  /** Metrics and traces; off when left out. */
  readonly observation?: Observation;
  /** After so long a task that its node has said nothing about is offered again; 15 when left out. */
  readonly redeliverSeconds?: number | undefined;
  /** Whatever is left out is as `limits.ts` says. */
  readonly limits?: LimitsInput | undefined;
  /** Where people log in; without it nobody can, and questions are asked all the same. */
  readonly people?: PeopleInput | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** How often the log is signed when it has grown, in milliseconds; a minute when left out. */
  readonly checkpointEveryMs?: number | undefined;
  /** For tests of crashes: ends the process there. Refused in production. */
  readonly crashAt?: CrashLabel | undefined;
}

export interface RunningBroker {
  readonly url: string;
  close(): Promise<void>;
}

const CONCURRENT_ANSWERS = 4;
/** Longer than a busy node needs, and short against the deadlines that people grant. */
const REDELIVER_SECONDS = 15;
/** A query whose reminder got lost is found after so long. */
const SWEEP_MS = 30_000;
const DAY_MS = 86_400_000;
/** How often the broker signs its log, when it has grown. */
const CHECKPOINT_MS = 60_000;

/** @throws AppError for a trust list that does not hold, NOT_READY for a server whose records are not migrated */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const { records, pinnedSigners, logger, now = Date.now, observation = unobserved, ...rest } = options;
  const { trustList, realm } = options;
  const people = options.people && People.parse(options.people);
  if (people !== undefined) assertSafe(people, { realm: options.realm, host: options.listen.host });
  await prepareRecords(records);
  const memory = recordsTrustMemory(records, SCHEMA);
  const trust = await openTrustKeeper({ trustList, pinnedSigners, realm, memory, now });
  let url = '';
  const { broker, queue, close } = await createDeps({
    ...rest,
    trust,
    memory,
    records,
    logger,
    now,
    observation,
    redeliverSeconds: options.redeliverSeconds ?? REDELIVER_SECONDS,
    limits: Limits.parse(options.limits ?? {}),
    people,
    publicUrl: () => people?.publicUrl ?? url,
  });
  await broker.catalogues.publish((publishing) => makeVersion(broker, publishing));
  const checks = {
    records: () => records.pool.query('select 1'),
    trust: async () => assertTrustInForce(trust, { now: new Date(now()) }),
  };
  const app = await createApp({ logger, checks, broker: () => broker, onAnswer: httpTimes(observation.metrics) });
  await queue.process(({ payload }) => settleQuery(broker, payload.queryId), { concurrency: CONCURRENT_ANSWERS });
  await remindUnanswered(broker);
  const timers = [sweepOf(broker), checkpointsOf(broker, options.checkpointEveryMs ?? CHECKPOINT_MS)];
  // What somebody has signed who has left would make a catalogue version that nobody can verify.
  let { version } = trust.list;
  trust.onChange(() => {
    if (trust.list.version === version) return;
    version = trust.list.version;
    broker.catalogues
      .publish((publishing) => makeVersion(broker, publishing))
      .catch((err: unknown) => logger.warn({ err }, 'no catalogue version after a change of the trust list'));
  });
  url = await listen(app, options.listen);
  logger.info({ url }, 'broker listens');
  return {
    url,
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      await closeGracefully(app);
      await hangOutOwn(broker);
      await close();
    },
  };
}

const sweepOf = (broker: Broker): NodeJS.Timeout =>
  setInterval(() => {
    const oldest = broker.now() - broker.limits.letterDays * DAY_MS;
    const done = Promise.all([
      remindUnanswered(broker),
      broker.proofs.prune(broker.now()),
      broker.letters.prune(oldest),
      broker.trust.recall(),
    ]);
    done.catch((err: unknown) => broker.logger.warn({ err }, 'sweep'));
  }, SWEEP_MS).unref();

const checkpointsOf = (broker: Broker, every: number): NodeJS.Timeout =>
  setInterval(() => {
    hangOutOwn(broker).catch((err: unknown) => broker.logger.warn({ err }, 'checkpoint'));
  }, every).unref();

/** Embedded records are brought forward at the start; a server's only by command. */
async function prepareRecords(records: Records): Promise<void> {
  if (records.kind === 'pglite') return migrateBroker(records);
  const pending = await pendingMigrations(records.db(), migrations);
  if (pending.length > 0)
    throw new AppError('NOT_READY', { detail: `The records are not migrated: ${pending.join(', ')}.` });
}

/** The command for servers. */
export async function migrateBroker(records: Records): Promise<void> {
  await migrate(records.db(), migrations);
  await migrateQueues(records);
}
