/** What a node tells about its work: how its tasks end, why it refuses, how long each room takes. All labels are of closed sets. */
import { AppError, DisclosureMode, RefusalCode, type Task } from '@revier/schema';
import { type Counter, type Observation, preciseNow, type Steps, stepsOf, type Trail } from '@revier/service-kit';
import { Refusal } from './rooms/refusal.ts';

/** `signatures`: who asks, which the gate begins with. `sql`: the part of `archive` in which the statement runs. */
export const nodeSteps = ['signatures', 'gate', 'guard', 'archive', 'sql', 'linked', 'sieve', 'ledger'] as const;

/** `unsigned` tasks have no sender; `interrupted` ones come again; the messages of `repeated` ones left again. */
const outcomes = ['released', 'refused', 'assessed', 'repeated', 'interrupted', 'unsigned'] as const;

/** How a task has ended. */
export interface Conclusion {
  readonly decision: 'released' | 'refused' | 'assessed';
  readonly codes: readonly string[];
  /** Of what was released. */
  readonly mode: DisclosureMode | null;
}

export interface Observer extends Steps<(typeof nodeSteps)[number]> {
  readonly tasks: Counter<{ outcome: typeof outcomes }>;
  /** Does all the work for a task, and tells how it ended. */
  task<C extends Conclusion>(task: Task, work: () => Promise<C | 'repeated'>): Promise<C | 'repeated'>;
}

/** Where the steps of a task belong. */
export const trailOf = ({
  submissionId,
  taskId,
  attempt,
}: Pick<Task, 'submissionId' | 'taskId' | 'attempt'>): Trail => ({
  query: submissionId,
  task: `${taskId}/${attempt}`,
});

export function nodeObserver(observation: Observation): Observer {
  const { tracing } = observation;
  const counters = countersOf(observation);
  return {
    tasks: counters.tasks,
    ...stepsOf(observation, { service: 'registry-node', steps: nodeSteps, codeOf }),
    async task(task, work) {
      const start = preciseNow();
      const ended = (outcome: (typeof outcomes)[number]): void => {
        counters.tasks.add({ outcome });
        const failed = outcome === 'interrupted';
        tracing.record({ name: 'task', trail: trailOf(task), head: true, start, end: preciseNow(), failed, outcome });
      };
      try {
        const concluded = await work();
        if (concluded !== 'repeated') countConclusion(counters, concluded);
        ended(concluded === 'repeated' ? 'repeated' : concluded.decision);
        return concluded;
      } catch (error) {
        ended('interrupted');
        throw error;
      }
    },
  };
}

type Counters = ReturnType<typeof countersOf>;

const countersOf = ({ metrics }: Observation) => ({
  tasks: metrics.counter({
    name: 'revier_tasks_total',
    help: 'Tasks that the node has worked on, by how they ended.',
    labels: { outcome: outcomes },
  }),
  releases: metrics.counter({
    name: 'revier_releases_total',
    help: 'Releases that stand in the book: exact figures of public datasets (O) and controlled ones (L).',
    labels: { mode: DisclosureMode.options },
  }),
  refusals: metrics.counter({
    name: 'revier_refusals_total',
    help: 'Reasons of refusals by their code; one refusal can have several.',
    labels: { code: RefusalCode.options },
  }),
});

function countConclusion({ releases, refusals }: Counters, { decision, mode, codes }: Conclusion): void {
  if (decision === 'assessed') return;
  if (mode !== null) releases.add({ mode });
  for (const one of codes) {
    const code = RefusalCode.safeParse(one);
    if (code.success) refusals.add({ code: code.data });
  }
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof Refusal) return error.reasons[0]?.code;
  return error instanceof AppError ? error.code : undefined;
}
