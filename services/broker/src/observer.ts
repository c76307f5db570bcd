/** What the broker tells about its work: how queries and tasks end, why somebody refuses, how long each room takes. All labels are of closed sets. */
import { AppError, problemCodes, RefusalCode } from '@revier/schema';
import { type Counter, type Observation, preciseNow, type Steps, stepsOf, type Trail } from '@revier/service-kit';
import type { Outcome, TaskProgress } from './progress/advance.ts';
import type { Message, QueryFacts } from './query-ports.ts';

/** `delivery`: a receipt or release comes in. */
export const brokerSteps = ['porch', 'desk', 'dispatch', 'delivery', 'loom', 'counter'] as const;

const queryStates = ['accepted', 'dry-run', 'complete', 'partial', 'failed', 'cancelled'] as const satisfies readonly (
  | Outcome
  | 'accepted'
  | 'dry-run'
)[];
const taskOutcomes = ['released', 'assessed', 'refused', 'missed'] as const;

export interface Observer extends Steps<(typeof brokerSteps)[number]> {
  readonly queries: Counter<{ state: typeof queryStates }>;
  /** Why the broker itself has turned queries away. */
  readonly problems: Counter<{ code: typeof problemCodes }>;
  /** Tasks that a step has moved count when it has ended them, with what the message that has caused it gives as reasons. */
  moved(tasks: readonly TaskProgress[], message: Message | undefined): void;
  /** The query as a whole: its answer is written, or it was cancelled. */
  ended(query: Pick<QueryFacts, 'submissionId' | 'asked'>, outcome: Outcome): void;
}

export const trailOf = ({ submissionId }: Pick<QueryFacts, 'submissionId'>): Trail => ({ query: submissionId });

export function brokerObserver(observation: Observation): Observer {
  const { tasks, refusals, queries, problems } = countersOf(observation);
  return {
    queries,
    problems,
    ...stepsOf(observation, {
      service: 'broker',
      steps: brokerSteps,
      codeOf: (error) => (error instanceof AppError ? error.code : undefined),
    }),
    moved(moved, message) {
      for (const { status } of moved) {
        const outcome = taskOutcomes.find((one) => one === status);
        if (outcome !== undefined) tasks.add({ outcome });
        if (outcome === 'refused') for (const code of codesOf(message)) refusals.add({ code });
      }
    },
    ended(query, outcome) {
      queries.add({ state: outcome });
      const times = { start: query.asked, end: preciseNow() };
      observation.tracing.record({
        name: 'query',
        trail: trailOf(query),
        head: true,
        ...times,
        failed: false,
        outcome,
      });
    },
  };
}

const codesOf = (message: Message | undefined): Set<RefusalCode> =>
  new Set(message?.kind === 'receipt' ? message.reasons.map(({ code }) => code) : []);

const countersOf = ({ metrics }: Observation) => ({
  queries: metrics.counter({
    name: 'revier_queries_total',
    help: 'Queries that were accepted, queries that have ended so, and dry runs.',
    labels: { state: queryStates },
  }),
  tasks: metrics.counter({
    name: 'revier_tasks_total',
    help: 'Tasks of holders by how they ended; missed: without a word in time.',
    labels: { outcome: taskOutcomes },
  }),
  refusals: metrics.counter({
    name: 'revier_refusals_total',
    help: 'Reasons of holders for refusing a task, by their code.',
    labels: { code: RefusalCode.options },
  }),
  problems: metrics.counter({
    name: 'revier_problems_total',
    help: 'Queries that were turned away by the broker itself, by the code of the problem.',
    labels: { code: problemCodes },
  }),
});
