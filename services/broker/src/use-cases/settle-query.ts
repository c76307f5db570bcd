/** The job of a query: look at the clock; once the query has ended, answer it. Repeatable at any time. */
import { trailOf } from '../observer.ts';
import type { Broker } from '../ports.ts';
import { nextLook, type Outcome, type Progress } from '../progress/advance.ts';
import type { QueryRecord } from '../query-ports.ts';
import { progressTopic, queryTopic } from '../topics.ts';
import { answerQuery } from './answer-query.ts';
import { endDryRun } from './end-dry-run.ts';
import { stepQuery } from './step-query.ts';
import { patienceOf, stepSum } from './step-sum.ts';

export async function settleQuery(broker: Broker, queryId: string): Promise<void> {
  const step = await stepQuery(broker, queryId, { kind: 'clock' });
  if (step === undefined) return;
  if (step.progress.outcome === null) return lookAgain(broker, queryId, step.progress);
  const query = await broker.queries.find(queryId);
  if (query === undefined || query.answered) return;
  broker.crashPoint('before-merge');
  if (query.envelope.dryRun === true) await endDryRun(broker, queryId);
  else await answer(broker, query, step.progress.outcome);
  broker.crashPoint('after-answer-written');
  await broker.wakes.wake(queryTopic(queryId));
  broker.wakes.wakeSoon(progressTopic(queryId));
}

async function answer(broker: Broker, query: QueryRecord, outcome: Outcome): Promise<void> {
  const { observer } = broker;
  if (await observer.step('loom', trailOf(query), () => answerQuery(broker, query))) {
    observer.ended(query, outcome);
    broker.logger.info({ queryId: query.queryId }, 'query answered');
  }
}

/** A secure sum has a patience of its own. */
async function lookAgain(broker: Broker, queryId: string, progress: Progress): Promise<void> {
  const next = nextLook(progress, broker.now());
  const course = await broker.sums.course(queryId);
  if (course === undefined) return broker.reminders.remind(queryId, next);
  const query = await broker.queries.find(queryId);
  if (query !== undefined) await stepSum(broker, query, { kind: 'clock' });
  await broker.reminders.remind(queryId, Math.min(next, broker.now() + patienceOf(broker)));
}

/** At the start, and now and then: a queue may lose what it was told. */
export async function remindUnanswered(broker: Broker): Promise<void> {
  const now = broker.now();
  for (const { queryId, progress } of await broker.queries.unanswered())
    await broker.reminders.remind(queryId, progress.outcome === null ? nextLook(progress, now) : now);
}
