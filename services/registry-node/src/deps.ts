/** The one place where adapters meet ports. */
import {
  type BrokerClient,
  createBrokerClient,
  type Outgoing,
  type TrustKeeper,
  untilFresh,
} from '@revier/connector-sdk';
import { AppError } from '@revier/schema';
import {
  type CrashPoint,
  crashPointAt,
  migrate,
  type Observation,
  pendingMigrations,
  type Records,
  unobserved,
  watchPool,
} from '@revier/service-kit';
import { agreementReader } from './adapters/agreement-reader.ts';
import { brokerBodies } from './adapters/broker-bodies.ts';
import { folderMark } from './adapters/folder-mark.ts';
import { logHeads } from './adapters/log-head.ts';
import { type NodeDb, nodeDb } from './adapters/node-db.ts';
import { protectAside } from './adapters/protect-aside.ts';
import { recordsAccounts } from './adapters/records-accounts.ts';
import { recordsAgreements } from './adapters/records-agreements.ts';
import { recordsBook } from './adapters/records-book.ts';
import { recordsHistory } from './adapters/records-history.ts';
import { recordsLog } from './adapters/records-log.ts';
import { type RecordsOutbox, recordsOutbox } from './adapters/records-outbox.ts';
import { recordsPatterns } from './adapters/records-patterns.ts';
import { recordsPeople } from './adapters/records-people.ts';
import { recordsRestore } from './adapters/records-restore.ts';
import { recordsStops } from './adapters/records-stops.ts';
import { recordsSums } from './adapters/records-sums.ts';
import { recordsVocabularies } from './adapters/vocabularies.ts';
import { createChanges } from './changes.ts';
import type { CrashLabel } from './crash-labels.ts';
import { nodeMigrations } from './db/migrations.ts';
import { assembleInbox, type Inbox } from './inbox/assemble-inbox.ts';
import type { NodeOptions } from './node-options.ts';
import { nodeObserver } from './observer.ts';
import { openKeeper } from './open-keeper.ts';
import { holdDatasets, openSelf } from './open-self.ts';
import type { Accounts, Agreements, Changes } from './policy-ports.ts';
import type { Book, HeldDataset, OwnLog, People, Self, Stops } from './ports.ts';
import { createAllowance } from './rooms/allowance.ts';
import { confirmBeforeSql } from './rooms/checkpoints.ts';
import { fileAgreements } from './rooms/file-agreements.ts';
import { createLeaving, LEAVING_TICK_MS } from './rooms/leaving.ts';
import { createLimiter, createTurns } from './rooms/limiter.ts';
import { createUnderWay, type UnderWay } from './rooms/under-way.ts';
import { type TrustDuty, trustDuty } from './trust-duty.ts';
import type { House } from './use-cases/answer-task.ts';
import { enrolFirst } from './use-cases/change-people.ts';
import { importAgreements } from './use-cases/import-agreements.ts';
import type { RestoreDeps } from './use-cases/notice-restore.ts';

export interface Deps {
  readonly self: Self;
  readonly keeper: TrustKeeper;
  readonly duty: TrustDuty;
  readonly datasets: ReadonlyMap<string, HeldDataset>;
  readonly agreements: Agreements;
  readonly changes: Changes;
  readonly accounts: Accounts;
  readonly book: Book;
  readonly underWay: UnderWay;
  /** As `changes.emit`: what use-cases are given. */
  readonly changed: Changes['emit'];
  /** Emits when releases under an agreement were kept back. */
  readonly keptBack: Changes;
  readonly client: BrokerClient;
  readonly outbox: Outgoing;
  readonly house: House;
  /** @throws AppError NOT_READY while the records have no room */
  readonly assertRoom: () => Promise<void>;
  readonly restore: RestoreDeps;
  readonly stops: Stops;
  readonly people: People;
  readonly log: OwnLog;
  readonly inbox: Inbox;
}

const STATEMENT_TIMEOUT_MS = 30_000;
/** Statements at the same time. */
const CONCURRENCY = 2;
/** Dry runs of one person that a node assesses in a minute. */
const DRY_RUNS = 60;

export async function assemble(options: NodeOptions): Promise<Deps> {
  const { records, schema, logger, noiseKey, observation = unobserved } = options;
  const crashPoint = crashPointAt(options.crashAt, options.realm);
  const datasets = holdDatasets(options);
  await bringForward(options);
  const keeper = await openKeeper(options);
  const self = await openSelf(options, keeper);
  const duty = trustDuty({ ...options, keeper, now: self.now });
  const node = nodeDb(records, schema);
  const { reader, ...ports } = agreementPorts(node, self);
  const { agreements, accounts, changes } = ports;
  await importAgreements(options.agreements, { self, datasets, agreements, changed: changes.emit });
  const outbox = recordsOutbox(node);
  const restore = restoreDeps(options, node, self);
  watchRecords(observation, records, outbox);
  const observer = nodeObserver(observation);
  const client = crashingAfterRelease(onFreshTrust(brokerClient(options, self, duty), keeper, duty), crashPoint);
  const house: House = {
    self,
    datasets,
    vocabularies: recordsVocabularies({ node, reads: client, trust: self.trust, now: self.now }),
    bodies: brokerBodies(client),
    book: recordsBook(node, self.now, reader),
    ...historyPorts(node, options, { self, datasets, agreements }),
    ...{ agreements, accounts, sums: recordsSums(node, self.now) },
    archive: {
      timeoutMs: options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
      limiter: createLimiter(CONCURRENCY),
      observer,
      confirm: (question) => confirmBeforeSql(question, { self, accounts }),
    },
    linked: { agreements, patterns: recordsPatterns(node), protect: protectAside, turns: createTurns() },
    isSealed: (epoch) => restore.restores.isSealed(epoch),
    dryRuns: createAllowance(DRY_RUNS, self.now),
    underWay: createUnderWay(),
    leaving: createLeaving(options.leavingTickMs ?? LEAVING_TICK_MS),
    noiseKey,
    logger,
    observer,
    crashPoint,
  };
  const people = recordsPeople(node, self.now);
  await enrolFirst(options.firstPeople ?? [], people);
  const [stops, log] = [recordsStops(node, self), recordsLog(node, self)];
  const known = { ...house, agreements, accounts, people, log, changed: changes.emit };
  return {
    self,
    keeper,
    duty,
    datasets,
    ...ports,
    book: house.book,
    underWay: house.underWay,
    changed: changes.emit,
    client,
    outbox,
    house,
    people,
    restore,
    stops,
    log,
    inbox: assembleInbox({ ...known, node, settings: options.inbox }),
    assertRoom: node.assertRoom,
  };
}

/** What was answered, and what may be asked beside it. */
function historyPorts(
  node: NodeDb,
  { inbox }: NodeOptions,
  known: Pick<House, 'self' | 'datasets'> & { readonly agreements: Agreements },
) {
  const history = recordsHistory(node);
  const latticeIsAdvice = inbox?.latticeIsAdvice ?? false;
  return { history, fileAgreements: fileAgreements({ ...known, history, latticeIsAdvice }) };
}

function agreementPorts(node: NodeDb, { now }: Self) {
  const reader = agreementReader();
  return {
    reader,
    agreements: recordsAgreements(node, now, reader),
    accounts: recordsAccounts(node, now, reader),
    changes: createChanges(),
    keptBack: createChanges(),
  };
}

const restoreDeps = ({ markFile }: NodeOptions, node: NodeDb, { now }: Self): RestoreDeps => ({
  mark: markFile === undefined ? undefined : folderMark(markFile),
  heads: logHeads(node),
  restores: recordsRestore(node, now),
});

const brokerClient = (
  { broker, signer }: NodeOptions,
  { participant, realm, now }: Self,
  { mention }: TrustDuty,
): BrokerClient =>
  createBrokerClient({
    baseUrl: broker.url,
    identity: { signer, iss: participant, aud: broker.id, realm },
    clock: () => new Date(now()),
    onTrustVersion: mention,
  });

/** Nothing is asked for, and nothing told anew, on a trust list that may be out of date; what comes with word of a newer one waits for it. */
const onFreshTrust = (client: BrokerClient, keeper: TrustKeeper, { settled }: TrustDuty): BrokerClient => ({
  ...client,
  async pollTasks(waitSeconds, signal) {
    await untilFresh(keeper, signal);
    const tasks = await client.pollTasks(waitSeconds, signal);
    await settled();
    return tasks;
  },
  async publish(description, agreements, signal) {
    await untilFresh(keeper, signal);
    return client.publish(description, agreements, signal);
  },
  async publishDocuments(documents, signal) {
    await untilFresh(keeper, signal);
    return client.publishDocuments(documents, signal);
  },
});

const crashingAfterRelease = (client: BrokerClient, crashPoint: CrashPoint<CrashLabel>): BrokerClient => ({
  ...client,
  async sendRelease(...release) {
    await client.sendRelease(...release);
    crashPoint('after-release-sent');
  },
});

function watchRecords({ metrics }: Observation, records: Records, outbox: RecordsOutbox): void {
  watchPool(metrics, records);
  const about = { name: 'revier_outbox_depth', help: 'Messages to the broker that have not left.', labels: {} };
  metrics.gauge(about, async () => [{ labels: {}, value: await outbox.depth() }]);
}

/** An embedded database is brought forward at boot, a server by command only. */
async function bringForward({ records, schema }: NodeOptions): Promise<void> {
  const migrations = nodeMigrations(schema);
  if (records.kind === 'pglite') await migrate(records.db(), migrations);
  else if ((await pendingMigrations(records.db(), migrations)).length > 0)
    throw new AppError('NOT_READY', { detail: `The schema ${schema} has to be migrated first.` });
}
