/** Releases that have not left yet are kept back for good: all of them, or those under one agreement or lineage. */
import { Sha256 } from '@revier/schema';
import type { Kysely } from 'kysely';
import type { NodeTables } from '../db/tables.ts';
import type { DroppedRelease } from '../ports.ts';

/** Exactly one of them. */
interface Under {
  readonly lineage?: string;
  readonly agreement?: string;
}

export async function dropPending(trx: Kysely<NodeTables>, under?: Under): Promise<DroppedRelease[]> {
  const concerned = trx
    .selectFrom('task')
    .innerJoin('agreement', 'agreement.hash', 'task.agreement')
    .select('task.task_id')
    .$if(under?.lineage !== undefined, (query) => query.where('agreement.lineage', '=', under?.lineage ?? ''))
    .$if(under?.agreement !== undefined, (query) => query.where('agreement.hash', '=', under?.agreement ?? ''));
  const dropped = await trx
    .updateTable('message')
    .set({ state: 'dropped' })
    .where('kind', 'in', ['release', 'opening'])
    .where('state', '=', 'pending')
    .$if(under !== undefined, (query) => query.where('task_id', 'in', concerned))
    .returning('task_id')
    .execute();
  if (dropped.length === 0) return [];
  const tasks = await trx
    .selectFrom('task')
    .select(['task_id as taskId', 'submission_id', 'dataset', 'stage', 'attempt'])
    .where(
      'task_id',
      'in',
      dropped.map(({ task_id }) => task_id),
    )
    .execute();
  return tasks.map(({ submission_id, ...task }) => ({ ...task, submissionId: Sha256.parse(submission_id) }));
}
