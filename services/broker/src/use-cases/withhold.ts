/** The last checkpoint (P4): what was released under an agreement that was suspended or revoked since is not published. */
import { statusFaults } from '@revier/core';
import type { ParticipantId, Reason, Sha256 } from '@revier/schema';
import type { Broker, QueryRecord, TaskRecord } from '../ports.ts';
import { outcomeOf } from '../progress/advance.ts';
import type { AgreementStand } from '../status-ports.ts';

/** The query as it may be published: its holder stands there as refused, with the reason that it has stated. */
export async function withheld({ statuses, logger }: Broker, query: QueryRecord): Promise<QueryRecord> {
  const released = query.progress.tasks.filter(({ release }) => release !== null);
  const stands = await statuses.of(released.map(({ agreement }) => agreement));
  const tasks = query.progress.tasks.map((task) => withheldTask(task, reasonsAgainst(task, stands)));
  const kept = tasks.filter(({ release }) => release !== null).length;
  if (kept === released.length) return query;
  logger.info({ queryId: query.queryId, withheld: released.length - kept }, 'releases are withheld');
  const progress = { ...query.progress, tasks };
  return { ...query, progress: { ...progress, outcome: outcomeOf(progress) } };
}

function reasonsAgainst({ agreement, holder, release }: TaskRecord, stands: readonly AgreementStand[]): Reason[] {
  const stand = standOf({ agreement, holder }, stands);
  if (release === null || stand === undefined) return [];
  const { status, tightened } = stand.life;
  return statusFaults(status, tightened, true).map((fault) => withReason(fault, stand));
}

const withheldTask = (task: TaskRecord, reasons: readonly Reason[]): TaskRecord =>
  reasons.length === 0 ? task : { ...task, status: 'refused', release: null, receipt: null, reasons };

/** Only the holder of an agreement states how it stands. */
export const standOf = (
  { agreement, holder }: { readonly agreement: Sha256; readonly holder: ParticipantId },
  stands: readonly AgreementStand[],
): AgreementStand | undefined => stands.find((one) => one.agreement === agreement && one.holder === holder);

export const withReason = (fault: Reason, { reason }: AgreementStand): Reason =>
  reason === null ? fault : { ...fault, hint: `${fault.hint} ${reason}`.slice(0, 500) };
