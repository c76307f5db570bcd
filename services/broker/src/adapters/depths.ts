/** How much there is left to do: jobs in the queue, tasks that nobody has answered yet, connections to the records. */
import { type JobQueue, type Metrics, queueStates, type Records, watchPool } from '@revier/service-kit';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';

export function watchDepths(metrics: Metrics, records: Records, queue: JobQueue<unknown>): void {
  watchPool(metrics, records);
  metrics.gauge(
    { name: 'revier_queue_depth', help: 'Jobs of all broker processes by state.', labels: { state: queueStates } },
    async () => {
      const depth = await queue.depth();
      return queueStates.map((state) => ({ labels: { state }, value: depth[state] }));
    },
  );
  metrics.gauge(
    { name: 'revier_outbox_depth', help: 'Tasks that wait for their nodes, delivered or not.', labels: {} },
    async () => [{ labels: {}, value: await openTasks(records) }],
  );
}

async function openTasks(records: Records): Promise<number> {
  const tasks = records.db<BrokerTables>().withSchema(SCHEMA).selectFrom('tasks').where('due', 'is not', null);
  const { count } = await tasks.select(({ fn }) => fn.countAll().as('count')).executeTakeFirstOrThrow();
  return Number(count);
}
