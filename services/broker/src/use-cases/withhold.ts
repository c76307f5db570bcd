/** The last checkpoint (P4): what was released under an agreement that was suspended or revoked since is not published. */
import { withheldReasons } from '@revier/core';
import type { ParticipantId, Sha256 } from '@revier/schema';
import type { Broker } from '../ports.ts';
import { outcomeOf } from '../progress/advance.ts';
import type { QueryRecord, TaskRecord } from '../query-ports.ts';
import type { AgreementStand } from '../status-ports.ts';

/** The query as it may be published: its holder stands there as refused, with the reason that it has stated. */
export async function withheld({ statuses, logger }: Broker, query: QueryRecord): Promise<QueryRecord> {
  const released = query.progress.tasks.filter(({ release }) => release !== null);
  const stands = await statuses.of(released.map(({ agreement }) => agreement));
  const tasks = query.progress.tasks.map((task) => withheldTask(task, stands));
  const kept = tasks.filter(({ release }) => release !== null).length;
  if (kept === released.length) return query;
  logger.info({ queryId: query.queryId, withheld: released.length - kept }, 'releases are withheld');
  const progress = { ...query.progress, tasks };
  return { ...query, progress: { ...progress, outcome: outcomeOf(progress) } };
}

/** With the holder's own signed word, so that whoever asks need not believe the broker. */
function withheldTask(task: TaskRecord, stands: readonly AgreementStand[]): TaskRecord {
  const stand = standOf(task, stands);
  if (task.release === null || stand === undefined) return task;
  const reasons = withheldReasons(stand.life, stand.reason);
  if (reasons.length === 0) return task;
  return { ...task, status: 'refused', release: null, receipt: null, reasons, statement: stand.jws };
}

/** Only the holder of an agreement states how it stands. */
export const standOf = (
  { agreement, holder }: { readonly agreement: Sha256; readonly holder: ParticipantId },
  stands: readonly AgreementStand[],
): AgreementStand | undefined => stands.find((one) => one.agreement === agreement && one.holder === holder);
