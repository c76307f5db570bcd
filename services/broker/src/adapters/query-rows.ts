/** From rows to records and back: the only place that knows both. */
import { unverified } from '@revier/core';
import {
  CompactJws,
  DatasetId,
  DisclosureMode,
  Envelope,
  ParticipantId,
  Reason,
  ReleaseHeader,
  Sha256,
  SignedQuery,
} from '@revier/schema';
import type { Insertable, Selectable } from 'kysely';
import { z } from 'zod';
import type { BrokerTables } from '../db/tables.ts';
import type { Progress, TaskProgress } from '../progress/advance.ts';
import type { NewQuery, QueryFacts, QueryRecord, StoredRelease, TaskFacts, TaskRecord } from '../query-ports.ts';

type QueryRow = Selectable<BrokerTables['queries']>;
type TaskRow = Selectable<BrokerTables['tasks']>;

const Status = z.enum(['planned', 'waiting', 'accepted', 'released', 'assessed', 'refused', 'missed']);
const Outcome = z.enum(['complete', 'partial', 'failed', 'cancelled']).nullable();
const Reasons = z.array(Reason);

export const factsOf = (row: QueryRow): QueryFacts => ({
  queryId: row.query_id,
  submissionId: Sha256.parse(row.submission_id),
  person: row.person,
  signed: SignedQuery.parse(JSON.parse(row.signed)),
  signedHash: Sha256.parse(row.signed_hash),
  envelope: Envelope.parse(JSON.parse(row.envelope)),
  questionHash: Sha256.parse(row.question_hash),
  asked: row.asked.getTime(),
  ends: row.ends.getTime(),
});

/** What changes of a query. */
type StandingRow = Pick<QueryRow, 'answered' | 'stage' | 'stage_ends' | 'ends' | 'least' | 'outcome'>;

export const queryOf = (facts: QueryFacts, row: StandingRow, tasks: readonly TaskRow[]): QueryRecord => ({
  ...facts,
  answered: row.answered !== null,
  dryRun: facts.envelope.dryRun === true,
  progress: progressOf(row, tasks),
});

export const progressOf = (row: Omit<StandingRow, 'answered'>, tasks: readonly TaskRow[]): QueryRecord['progress'] => ({
  ...stageOf(row),
  tasks: tasks.map(taskOf),
});

export const stageOf = (
  row: Pick<QueryRow, 'stage' | 'stage_ends' | 'ends' | 'least' | 'outcome'>,
): Omit<Progress, 'tasks'> => ({
  stage: row.stage,
  stageEnds: row.stage_ends.getTime(),
  ends: row.ends.getTime(),
  least: row.least,
  outcome: Outcome.parse(row.outcome),
});

export const taskProgressOf = (row: Pick<TaskRow, 'task_id' | 'holder' | 'stage' | 'status'>): TaskProgress => ({
  taskId: row.task_id,
  holder: row.holder,
  stage: row.stage,
  status: Status.parse(row.status),
});

export const factColumns = ['task_id', 'query_id', 'holder', 'dataset', 'stage', 'mode', 'agreement'] as const;

export const taskFactsIn = (row: Pick<TaskRow, (typeof factColumns)[number]>): TaskFacts => ({
  taskId: row.task_id,
  holder: ParticipantId.parse(row.holder),
  dataset: DatasetId.parse(row.dataset),
  stage: row.stage,
  mode: DisclosureMode.parse(row.mode),
  agreement: Sha256.parse(row.agreement),
});

/** Nothing but the facts, and nothing but where it stands: what is kept for long keeps no more than it needs. */
export const taskFactsOf = ({ taskId, holder, dataset, stage, mode, agreement }: TaskRecord): TaskFacts => ({
  ...{ taskId, holder, dataset, stage, mode, agreement },
});
export const taskStandingOf = ({ taskId, holder, stage, status }: TaskProgress): TaskProgress => ({
  ...{ taskId, holder, stage, status },
});

export const taskOf = (row: TaskRow): TaskRecord => ({
  ...taskFactsIn(row),
  status: Status.parse(row.status),
  attempt: row.attempt,
  release: releaseOf(row),
  receipt: row.receipt === null ? null : CompactJws.parse(row.receipt),
  reasons: row.reasons === null ? [] : Reasons.parse(JSON.parse(row.reasons)),
});

/** It had verified before it was kept. */
const releaseOf = ({ release }: TaskRow): StoredRelease | null =>
  release === null ? null : { jws: CompactJws.parse(release), header: ReleaseHeader.parse(unverified(release)) };

export const queryRow = (query: NewQuery): Insertable<BrokerTables['queries']> => ({
  query_id: query.queryId,
  submission_id: query.submissionId,
  person: query.person,
  signed: JSON.stringify(query.signed),
  signed_hash: query.signedHash,
  envelope: JSON.stringify(query.envelope),
  question_hash: query.questionHash,
  asked: new Date(query.asked),
  stage: query.progress.stage,
  stage_ends: new Date(query.progress.stageEnds),
  ends: new Date(query.progress.ends),
  least: query.progress.least,
  outcome: query.progress.outcome,
  answered: null,
});

/** A node that has accepted may work for so long before it is asked again: it may have lost what it accepted. */
const WORK_MS = 30_000;

/** Only a task that nobody has answered for is offered. */
export function dueAfter(status: TaskRecord['status'], now: number): Date | null {
  if (status === 'waiting') return new Date(now);
  return status === 'accepted' ? new Date(now + WORK_MS) : null;
}
