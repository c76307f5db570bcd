/** What members of a secure sum say: masked parts and openings, each held against plan, roster and what they have committed to. */
import { decodeMasked, seedCommitment } from '@revier/connector-sdk';
import { contentHash, type PlanTask, prepareTable, SUM_VARIANCE, wordsIn } from '@revier/core';
import { AppError, type CompactJws, type Opening, type ReleaseHeader, type SumPart } from '@revier/schema';
import type { Broker } from '../ports.ts';
import type { QueryFacts, TaskFacts } from '../query-ports.ts';
import { stepQuery } from './step-query.ts';
import { headerIn, stepSum, sumOf } from './step-sum.ts';

export interface MaskedDelivery {
  readonly query: QueryFacts;
  readonly task: TaskFacts;
  readonly planned: PlanTask;
  readonly jws: CompactJws;
  /** Verified, and said of this very task. */
  readonly header: ReleaseHeader;
  readonly body: Uint8Array;
}

/** @throws AppError INVALID_REQUEST with a pointer, SIGNATURE_INVALID, NOT_CANONICAL */
export async function takeMasked(broker: Broker, delivery: MaskedDelivery): Promise<void> {
  const { query, task, header, jws, body } = delivery;
  const sum = await sumOf(broker, query);
  const part = header.sum;
  if (sum === undefined || part === undefined)
    throw AppError.at('INVALID_REQUEST', '/sum', 'A masked part says which sum it belongs to.');
  if (part.members.join(' ') !== sum.members.toSorted().join(' ') || part.variance !== SUM_VARIANCE)
    throw AppError.at('INVALID_REQUEST', '/sum/members', 'The sum is of other members, or under another law of noise.');
  await assertMasked(broker, delivery);
  if (part.submission !== query.submissionId) return takeConfirmed(broker, delivery);
  await assertRoster(broker, query, part);
  await broker.sums.keepBody(header.body, body);
  const { attempt } = part;
  await stepSum(broker, query, { kind: 'masked', member: task.holder, attempt, header: jws, body: header.body });
}

async function assertMasked(broker: Broker, { query, task, planned, header, body }: MaskedDelivery): Promise<void> {
  const { domain } = prepareTable(planned, await broker.vocabulary(query.envelope.catalogue), null);
  const words = wordsIn(domain, planned.table);
  const { table, shares } = decodeMasked(body, { bytes: header.bytes, sha256: header.body }, words);
  const others = header.sum?.members.filter((member) => member !== task.holder) ?? [];
  if (table !== planned.tableHash) throw AppError.at('INVALID_REQUEST', '/table', 'This is another table.');
  if (Object.keys(shares).sort().join(' ') !== others.toSorted().join(' '))
    throw AppError.at('INVALID_REQUEST', '/shares', 'There is not one share for each other member.');
}

/** Masks of another roster do not cancel. */
async function assertRoster(broker: Broker, { queryId }: QueryFacts, { attempt, roster }: SumPart): Promise<void> {
  const course = await broker.sums.course(queryId);
  const receipts = course?.parts.flatMap(({ receipt }) => receipt ?? []) ?? [];
  if (course?.attempt !== attempt || contentHash(receipts.toSorted()) !== roster)
    throw AppError.at('INVALID_REQUEST', '/sum/roster', 'It was masked for another attempt or roster.');
}

/** A total that was opened before, confirmed for this submission: its seeds are known, and nothing is opened again. */
async function takeConfirmed(broker: Broker, { query, task, header, jws, body }: MaskedDelivery): Promise<void> {
  if (!(await broker.sums.seeds([header.body])).has(header.body))
    throw AppError.at('INVALID_REQUEST', '/sum/submission', 'No such sum was opened here.');
  const message = { kind: 'release', taskId: task.taskId, jws, header, body } as const;
  await stepQuery(broker, query.queryId, { kind: 'released', taskId: task.taskId }, message);
}

/** @throws AppError INVALID_REQUEST for a seed that the member has not committed to, or another attempt */
export async function takeOpening(
  broker: Broker,
  { query, task }: Pick<MaskedDelivery, 'query' | 'task'>,
  opening: Opening,
): Promise<void> {
  const course = await broker.sums.course(query.queryId);
  const part = course?.parts.find(({ member }) => member === task.holder);
  const sum = part?.header == null ? undefined : headerIn(part.header).sum;
  if (sum === undefined || sum.attempt !== opening.attempt || sum.roster !== opening.roster)
    throw AppError.at('INVALID_REQUEST', '/attempt', 'Nothing was masked for this attempt and roster.');
  if (seedCommitment(opening.seed) !== sum.seed)
    throw AppError.at('INVALID_REQUEST', '/seed', 'It is not the seed that the masked part commits to.');
  const { attempt, seed, shares } = opening;
  await stepSum(broker, query, { kind: 'opening', member: task.holder, attempt, seed, shares });
}
