/** A registry-node from its parts: who it is, what it holds, its work, and its one listener on the loopback. */
import { assertTrustInForce, type TrustKeeper } from '@revier/connector-sdk';
import { isLive } from '@revier/core';
import { closeGracefully, type Logger, listen, type Records, unobserved } from '@revier/service-kit';
import { sql } from 'kysely';
import { announceAdmin } from './adapters/admin-file.ts';
import { createAdmin } from './app.ts';
import { assemble, type Deps } from './deps.ts';
import { inboxOf } from './inbox/inbox-of.ts';
import type { NodeOptions, RunningNode } from './node-options.ts';
import { type Operation, operate } from './operation.ts';
import type { AdminDeps, NodeStatus } from './routes/admin.ts';
import type { AgreementRoutes } from './routes/agreements.ts';
import { type AuditDeps, ownerOnly } from './routes/audit.ts';
import type { IncidentRoutes } from './routes/incident.ts';
import { changePeople } from './use-cases/change-people.ts';
import { endWithAgreements } from './use-cases/end-under-way.ts';
import { stateAtNode } from './use-cases/enforce-status.ts';
import { eraseByHand } from './use-cases/erase-openings.ts';
import { recipientsOf, withdraw } from './use-cases/incident.ts';
import { keepAgreements } from './use-cases/keep-agreements.ts';
import { keepLog, type LogKeeping } from './use-cases/keep-log.ts';
import { watchMark } from './use-cases/mark-watch.ts';
import { processingRecord } from './use-cases/processing-record.ts';
import { reconcile, writeDeletions } from './use-cases/reconcile.ts';
import { viewAgreement, viewAgreements } from './use-cases/view-agreements.ts';
import { whoAsked } from './use-cases/who-asked.ts';

/** How often the log is signed, told and followed; how many days it can tell persons; how long a search may take. */
const WITNESS_MS = 60_000;
const THREE_YEARS = 1096;
const WHO_MS = 60_000;

/** Broker and node may start in any order. @throws AppError for key, trust list, floor, dataset or agreement that does not fit */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const { logger, records, stopFile, documents = [], observation = unobserved } = options;
  const deps = await assemble(options);
  deps.duty.begin();
  const operation = await operate({ deps, logger, stopFile, documents });
  const { openingsKeptDays = THREE_YEARS } = options;
  const keeping = keepingOf({ ...options, openingsKeptDays }, deps, operation);
  const closeMark = watchMark(deps.restore, logger);
  const leaveOff = endWithAgreements(deps, logger);
  const lookingAfter = keepAgreements(deps, logger);
  const audit = auditOf({ ...deps, openingsKeptDays }, keeping, { operation, logger });
  const admin = await createAdmin(adminOf(deps, operation), audit, inboxOf(deps.inbox, audit.admit), {
    logger,
    metrics: observation.metrics,
    checks: checksOf(deps, records),
  });
  try {
    const adminUrl = await listen(admin, options.admin);
    const forget = await announceAdmin(options.adminFile, adminUrl);
    return {
      adminUrl,
      isStopped: () => operation.isStopped(),
      published: () => operation.published(),
      witness: () => keeping.round(),
      async close() {
        await forget();
        await operation.close();
        await closeMark();
        leaveOff();
        await lookingAfter.close();
        await deps.duty.close();
        await keeping.close();
        await closeGracefully(admin);
      },
    };
  } catch (error) {
    await operation.close();
    await closeMark();
    leaveOff();
    await lookingAfter.close();
    await deps.duty.close();
    await keeping.close();
    throw error;
  }
}

function adminOf(deps: Deps, operation: Operation): AdminDeps {
  return {
    status: () => statusOf(deps, operation),
    decisions: (limit) => deps.house.book.decisions(limit),
    stop: operation.stop,
    start: operation.start,
    roll: () => deps.people.roll(),
    changePeople: (signed) => changePeople(signed, deps),
    deletions: () => writeDeletions({ ...deps, ...deps.restore }),
    async reconcile(list) {
      const done = await reconcile(list, { ...deps, ...deps.restore });
      await operation.refresh();
      return done;
    },
  };
}

function auditOf(
  deps: Deps & { readonly openingsKeptDays: number },
  keeping: LogKeeping,
  { operation, logger }: { readonly operation: Operation; readonly logger: Logger },
): AuditDeps & IncidentRoutes & AgreementRoutes {
  const soon = (): AbortSignal => AbortSignal.timeout(WHO_MS);
  return {
    admit: ownerOnly(deps.self),
    export: () => deps.log.export(),
    round: () => keeping.round(),
    erase: (before, by) => eraseByHand(deps, before, by),
    who: (question) => whoAsked({ ...deps.house, log: deps.log }, question, soon()),
    recipients: (of, reader) => recipientsOf(of, reader, deps),
    withdraw: (of, reason) => withdraw(of, reason, deps, { logger, signal: soon() }),
    agreements: () => viewAgreements(deps),
    agreement: (hash) => viewAgreement(hash, deps),
    processingRecord: () => processingRecord(deps),
    state: async (hash, request) => {
      const done = await stateAtNode(hash, request, deps, { logger, signal: soon() });
      return { ...done, told: await operation.told(hash) };
    },
  };
}

const checksOf = ({ self, assertRoom }: Deps, records: Records) => ({
  room: assertRoom,
  records: () => sql`select 1`.execute(records.db()),
  trust: async () => assertTrustInForce(self.trust, { now: new Date(self.now()) }),
});

/** A stopped node tells nobody anything, its log neither. */
function keepingOf(options: NodeOptions, { self, log, client }: Deps, operation: Operation): LogKeeping {
  const { logger, witnessEveryMs: everyMs = WITNESS_MS, openingsKeptDays = THREE_YEARS } = options;
  return keepLog({ self, log, client, logger, everyMs, openingsKeptDays, isStopped: () => operation.isStopped() });
}

async function statusOf({ self, keeper, datasets, agreements, log }: Deps, operation: Operation): Promise<NodeStatus> {
  return {
    participant: self.participant,
    realm: self.realm,
    state: operation.isStopped() ? 'stopped' : 'running',
    stop: operation.stopped() ?? null,
    broker: { id: self.broker, connected: operation.isConnected(), published: operation.isPublished() },
    trust: trustStatus(keeper),
    datasets: [...datasets.values()].map(({ description: { id, mode, epoch, asOf, synthetic } }) => ({
      id,
      mode,
      epoch,
      asOf,
      synthetic,
    })),
    agreements: (await agreements.list())
      .filter(({ life }) => isLive(life))
      .map(({ stored: { hash, agreement } }) => ({
        hash,
        register: agreement['rv:register'],
        dataset: agreement.target,
        dataUser: agreement.assignee,
      })),
    log: await log.standing(),
  };
}

function trustStatus(keeper: TrustKeeper): NodeStatus['trust'] {
  const until = keeper.freshUntil();
  return {
    version: keeper.list.version,
    state: keeper.isFresh() ? 'fresh' : 'stale',
    freshUntil: until === undefined ? null : new Date(until).toISOString(),
  };
}
