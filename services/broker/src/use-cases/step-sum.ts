/** One event of a secure sum: its course decides, whoever is asked next is woken, and an opened total becomes its members' releases. */
import { decodeMasked, recoverSeed } from '@revier/connector-sdk';
import {
  advanceSum,
  contentHash,
  hasMoved,
  type MemberPart,
  owing,
  prepareTable,
  type SumCourse,
  type SumEvent,
  togetherOf,
  unverified,
  wordsIn,
} from '@revier/core';
import { CompactJws, ParticipantId, ReleaseHeader, Sha256, type SumStep } from '@revier/schema';
import type { Broker } from '../ports.ts';
import type { QueryFacts, TaskRecord } from '../query-ports.ts';
import type { SumNamed } from '../sum-ports.ts';
import { taskTopic } from '../topics.ts';
import { type KnownPlan, planOf } from './plan-of.ts';
import { stepQuery } from './step-query.ts';

/** The sum of a query, or undefined where nobody answers together. */
export async function sumOf(broker: Broker, { queryId, envelope }: QueryFacts): Promise<SumNamed | undefined> {
  const tasks = togetherOf((await planOf(broker, envelope)).tasks);
  const [first] = tasks;
  if (first === undefined) return undefined;
  const datasets = tasks.map(({ dataset: { id, epoch } }) => ({ id, epoch }));
  return {
    queryId,
    cells: contentHash({ table: first.tableHash, datasets }),
    members: tasks.map(({ holder }) => ParticipantId.parse(holder)),
  };
}

/** Repeatable: what does not count changes nothing. */
export async function stepSum(broker: Broker, query: QueryFacts, event: SumEvent): Promise<void> {
  const sum = await sumOf(broker, query);
  if (sum === undefined) return;
  const now = broker.now();
  const { before, course } = await broker.sums.step(
    sum,
    (known, mayBegin) => advanceSum(known, event, now, { patienceMs: patienceOf(broker), mayBegin, recovered }),
    now,
  );
  if (hasMoved(before, course)) {
    const { phase, attempt, recover } = course;
    broker.logger.info({ queryId: query.queryId, phase, attempt, lost: recover.length }, 'secure sum');
    await Promise.all(owing(course).map((member) => broker.wakes.wake(taskTopic(ParticipantId.parse(member)))));
  }
  if (course.phase === 'opened') await releaseAll(broker, query, course);
  else if (event.kind !== 'clock' && hasMoved(before, course))
    await broker.reminders.remind(query.queryId, now + patienceOf(broker));
}

/** Twice as long as until a task is offered again: so every member was asked twice. */
export const patienceOf = ({ redeliverSeconds }: Broker): number => redeliverSeconds * 2000;

function recovered({ header }: MemberPart, shares: Parameters<typeof recoverSeed>[0]): string | undefined {
  const sum = header === null ? undefined : headerIn(header).sum;
  return sum && recoverSeed(shares, sum.members.length, sum.seed);
}

/** Verified when it came. */
export const headerIn = (jws: string): ReleaseHeader => ReleaseHeader.parse(unverified(jws));

async function releaseAll(broker: Broker, query: QueryFacts, { parts }: SumCourse): Promise<void> {
  const hashes = parts.flatMap(({ body }) => (body === null ? [] : [Sha256.parse(body)]));
  const bodies = await broker.queries.bodies(hashes);
  for (const { header: jws, body: hash } of parts) {
    const body = bodies.get(hash ?? '');
    if (jws === null || body === undefined) continue;
    const header = headerIn(jws);
    const { taskId } = header;
    const message = { kind: 'release', taskId, jws: CompactJws.parse(jws), header, body } as const;
    await stepQuery(broker, query.queryId, { kind: 'released', taskId }, message);
  }
}

/** What this delivery of a task asks its node for. */
export async function sumStepFor(broker: Broker, query: QueryFacts, task: TaskRecord): Promise<SumStep> {
  const course = await broker.sums.course(query.queryId);
  if (course === undefined) return { step: 'offer', attempt: 1 };
  const { attempt, phase, parts } = course;
  const jws = (of: (part: MemberPart) => string | null) =>
    parts.flatMap((part) => of(part) ?? []).map((one) => CompactJws.parse(one));
  if (phase === 'offer') return { step: 'offer', attempt };
  if (phase === 'roster') return { step: 'roster', attempt, receipts: jws(({ receipt }) => receipt) };
  const plan = await planOf(broker, query.envelope);
  return {
    step: 'open',
    attempt,
    releases: jws(({ header }) => header),
    recover: await sharesFor(broker, { query, plan, course }, task),
  };
}

interface OfSum {
  readonly query: QueryFacts;
  readonly plan: KnownPlan;
  readonly course: SumCourse;
}

/** The sealed shares that lost members have left for this one. */
async function sharesFor(broker: Broker, { query, plan, course }: OfSum, { holder, dataset }: TaskRecord) {
  const lost = course.parts.filter(({ member }) => course.recover.includes(member) && member !== holder);
  const bodies = await broker.queries.bodies(lost.flatMap(({ body }) => (body === null ? [] : [Sha256.parse(body)])));
  const planned = plan.byDataset.get(dataset);
  if (lost.length === 0 || planned === undefined) return [];
  const { domain } = prepareTable(planned, await broker.vocabulary(query.envelope.catalogue), null);
  const words = wordsIn(domain, planned.table);
  return lost.flatMap(({ member, body: hash, header }) => {
    const bytes = bodies.get(hash ?? '');
    if (bytes === undefined || header === null) return [];
    const { bytes: length, body: sha256 } = headerIn(header);
    const share = decodeMasked(bytes, { bytes: length, sha256 }, words).shares[holder];
    return share === undefined ? [] : [{ member: ParticipantId.parse(member), share }];
  });
}
