/** Plans that are kept: a plan is a function of the envelope, and every message about one query needs the same one. */
import { type Plan, type PlanTask, planQuestion } from '@revier/core';
import type { Envelope } from '@revier/schema';
import type { Broker } from '../ports.ts';

export interface KnownPlan extends Plan {
  readonly byDataset: ReadonlyMap<string, PlanTask>;
}

/** For as long as somebody holds the envelope. */
const plans = new WeakMap<Envelope, Promise<KnownPlan>>();

/** @throws AppError CATALOGUE_UNKNOWN, and what planning throws */
export function planOf(broker: Broker, envelope: Envelope): Promise<KnownPlan> {
  const found = plans.get(envelope) ?? make(broker, envelope);
  plans.set(envelope, found);
  found.catch(() => plans.delete(envelope));
  return found;
}

async function make(broker: Broker, { question, catalogue }: Envelope): Promise<KnownPlan> {
  const plan = planQuestion(question, await broker.vocabulary(catalogue));
  return { ...plan, byDataset: new Map(plan.tasks.map((task) => [task.dataset.id, task])) };
}
