/** What nodes say: receipts and releases, verified before anybody believes a word, counted once however often they come. */
import { decodeRelease, resolver, verifyCompact } from '@revier/connector-sdk';
import type { PlanTask } from '@revier/core';
import {
  AppError,
  type Assessment,
  type CompactJws,
  Opening,
  type ParticipantId,
  Receipt,
  ReleaseHeader,
} from '@revier/schema';
import { assertFitsTable } from '../answer/fits-table.ts';
import { assertPlausible } from '../answer/plausible.ts';
import { trailOf } from '../observer.ts';
import type { Broker } from '../ports.ts';
import type { QueryFacts, TaskFacts } from '../query-ports.ts';
import { assertSame } from './assert-same.ts';
import { takeMasked, takeOpening } from './deliver-sum.ts';
import { planOf } from './plan-of.ts';
import { stepQuery } from './step-query.ts';
import { stepSum } from './step-sum.ts';

/** @throws AppError NOT_FOUND (not a task of this holder), INVALID_REQUEST (says something else than the task), and of signatures */
export async function deliverReceipt(
  broker: Broker,
  holder: ParticipantId,
  taskId: string,
  jws: CompactJws,
): Promise<void> {
  await broker.observer.step('delivery', trailOf, () => takeReceipt(broker, holder, taskId, jws));
}

async function takeReceipt(
  broker: Broker,
  holder: ParticipantId,
  taskId: string,
  jws: CompactJws,
): Promise<QueryFacts> {
  const { query, task } = await taskOf(broker, holder, taskId);
  const receipt = await verifyCompact(jws, 'revier-receipt+jws', Receipt, keysOf(broker, holder));
  assertSame(receipt, said(broker, query, task));
  if (receipt.attempt > (await broker.queries.attempts(taskId)))
    throw AppError.at('INVALID_REQUEST', '/attempt', 'It was never tried so often.');
  const planned = await plannedTask(broker, query, task);
  assertFitsKind(query, receipt);
  if (receipt.decision === 'accepted') assertSame(receipt, { agreement: task.agreement, table: planned.tableHash });
  if (receipt.decision === 'assessed') assertSame(receipt.assessment, assessable(receipt.assessment, task, planned));
  const reasons = receipt.decision === 'refused' ? receipt.reasons : [];
  const message = { kind: 'receipt', taskId, jws, reasons } as const;
  await stepQuery(broker, query.queryId, { kind: receipt.decision, taskId }, message);
  if (task.mode === 'F') await afterReceipt(broker, query, task, receipt, jws);
  return query;
}

/** A dry run is assessed or refused and nothing else; a query is never assessed. */
function assertFitsKind({ envelope }: QueryFacts, { decision }: Receipt): void {
  if (decision !== 'refused' && (envelope.dryRun === true) !== (decision === 'assessed'))
    throw AppError.at('INVALID_REQUEST', '/decision', 'A dry run is assessed, and only a dry run.');
}

const assessable = ({ agreement }: Assessment, task: TaskFacts, { tableHash, dataset }: PlanTask) => ({
  // Where no agreement was found, none is named.
  agreement: agreement === null ? null : task.agreement,
  table: tableHash,
  mode: dataset.mode,
});

/** @throws AppError as `deliverReceipt`, and SIGNATURE_INVALID for a body that the header was not signed for */
export async function deliverRelease(
  broker: Broker,
  holder: ParticipantId,
  taskId: string,
  jws: CompactJws,
  body: Uint8Array,
): Promise<void> {
  await broker.observer.step('delivery', trailOf, () => takeRelease(broker, holder, taskId, jws, body));
}

async function takeRelease(
  broker: Broker,
  holder: ParticipantId,
  taskId: string,
  jws: CompactJws,
  body: Uint8Array,
): Promise<QueryFacts> {
  const { query, task } = await taskOf(broker, holder, taskId);
  if (query.envelope.dryRun === true) throw AppError.at('INVALID_REQUEST', '', 'A dry run is never answered.');
  const header = await verifyCompact(jws, 'revier-release+jws', ReleaseHeader, keysOf(broker, holder));
  const planned = await plannedTask(broker, query, task);
  assertSame(header, {
    ...said(broker, query, task),
    questionHash: query.questionHash,
    dataset: planned.dataset.id,
    // What was described is what was asked; a holder whose data have changed since answers another question.
    epoch: planned.dataset.epoch,
    asOf: planned.dataset.asOf,
    synthetic: planned.dataset.synthetic,
    mode: planned.dataset.mode,
    agreement: task.agreement,
    table: planned.tableHash,
  });
  if ((header.mode === 'O') !== (header.minCellSize === undefined))
    throw AppError.at('INVALID_REQUEST', '/minCellSize', 'A threshold belongs to mode L, and to no other.');
  if (header.mode !== 'L' && header.perturbation !== undefined)
    throw AppError.at('INVALID_REQUEST', '/perturbation', 'Open figures carry no noise, and sums another.');
  if (header.mode === 'F') {
    await takeMasked(broker, { query, task, planned, jws, header, body });
    return query;
  }
  const decoded = decodeRelease(body, { bytes: header.bytes, sha256: header.body });
  assertFitsTable(decoded, planned, await broker.vocabulary(query.envelope.catalogue));
  assertPlausible(decoded, planned);
  const message = { kind: 'release', taskId, jws, header, body } as const;
  await stepQuery(broker, query.queryId, { kind: 'released', taskId }, message);
  return query;
}

/** Without one of its members a sum is nothing: the others need not wait for the deadline. */
async function afterReceipt(
  broker: Broker,
  query: QueryFacts,
  { holder, taskId }: TaskFacts,
  receipt: Receipt,
  jws: CompactJws,
): Promise<void> {
  if (receipt.decision === 'accepted' && receipt.sum !== undefined)
    await stepSum(broker, query, { kind: 'receipt', member: holder, attempt: receipt.sum.attempt, receipt: jws });
  if (receipt.decision !== 'refused') return;
  const tasks = (await broker.queries.find(query.queryId))?.progress.tasks ?? [];
  for (const other of tasks)
    if (other.mode === 'F' && other.taskId !== taskId)
      await stepQuery(broker, query.queryId, { kind: 'missed', taskId: other.taskId });
}

/** @throws AppError as `deliverReceipt` */
export async function deliverOpening(
  broker: Broker,
  holder: ParticipantId,
  taskId: string,
  jws: CompactJws,
): Promise<void> {
  await broker.observer.step('delivery', trailOf, async () => {
    const { query, task } = await taskOf(broker, holder, taskId);
    const opening = await verifyCompact(jws, 'revier-opening+jws', Opening, keysOf(broker, holder));
    assertSame(opening, said(broker, query, task));
    await takeOpening(broker, { query, task }, opening);
    return query;
  });
}

async function taskOf(broker: Broker, holder: ParticipantId, taskId: string) {
  const found = await broker.queries.findTask(taskId);
  if (found === undefined || found.task.holder !== holder) throw new AppError('NOT_FOUND');
  return found;
}

/** Only the holder's own keys, and only while it is a data holder. */
const keysOf = ({ trust }: Broker, holder: ParticipantId) =>
  resolver(trust, { participant: holder, role: 'data-holder' });

const said = (broker: Broker, query: QueryFacts, { taskId, holder }: TaskFacts) => ({
  taskId,
  submissionId: query.submissionId,
  iss: holder,
  aud: broker.participant,
  realm: broker.realm,
});

async function plannedTask(broker: Broker, { envelope }: QueryFacts, { dataset }: TaskFacts): Promise<PlanTask> {
  const planned = (await planOf(broker, envelope)).byDataset.get(dataset);
  if (planned === undefined) throw new AppError('INTERNAL');
  return planned;
}
