/** One event of one query: the machine decides, the records keep it, and whoever waits is woken. */
import type { Broker } from '../ports.ts';
import type { Effect, Event } from '../progress/advance.ts';
import type { Message, StepTaken } from '../query-ports.ts';
import { progressTopic, queryTopic, taskTopic } from '../topics.ts';

/** Undefined when there is no such query. */
export async function stepQuery(
  broker: Broker,
  queryId: string,
  event: Event,
  message?: Message,
): Promise<StepTaken | undefined> {
  const step = await broker.queries.step(queryId, event, broker.now(), message);
  if (step !== undefined) broker.observer.moved(step.moved, message);
  if (message !== undefined) broker.crashPoint(`after-${message.kind}-stored`);
  for (const effect of step?.effects ?? []) await carryOut(broker, queryId, step, effect, event);
  broker.wakes.wakeSoon(progressTopic(queryId));
  return step;
}

async function carryOut(
  broker: Broker,
  queryId: string,
  step: StepTaken | undefined,
  effect: Effect,
  event: Event,
): Promise<void> {
  if (effect.kind === 'begun') {
    broker.logger.info({ queryId, stage: effect.stage }, 'stage begun');
    const holders = step?.progress.tasks.flatMap(({ stage, holder }) => (stage === effect.stage ? [holder] : []));
    await Promise.all([...new Set(holders)].map((holder) => broker.wakes.wake(taskTopic(holder))));
  } else {
    broker.logger.info({ queryId, outcome: effect.outcome }, 'query ended');
    if (effect.outcome === 'cancelled') await broker.wakes.wake(queryTopic(queryId));
    // The clock is looked at by the job itself, which goes on to answer.
    else if (event.kind !== 'clock') remindNow(broker, queryId);
  }
}

/** Whoever has brought the last word need not wait for the queue: what it loses is found again by the sweep. */
function remindNow({ reminders, logger, now }: Broker, queryId: string): void {
  reminders.remind(queryId, now()).catch((err: unknown) => logger.warn({ queryId, err }, 'reminder'));
}
