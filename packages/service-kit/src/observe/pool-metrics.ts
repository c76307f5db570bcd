/** The connections of the records: taken, idle, and who waits for one. */
import type { Records } from '../records/records.ts';
import type { Metrics } from './metrics.ts';

export function watchPool(metrics: Metrics, { pool }: Records): void {
  metrics.gauge(
    {
      name: 'revier_db_pool',
      help: 'Connections to the records that are in use or idle, and requests that wait for one.',
      labels: { state: ['used', 'idle', 'waiting'] },
    },
    async () => [
      { labels: { state: 'used' }, value: pool.totalCount - pool.idleCount },
      { labels: { state: 'idle' }, value: pool.idleCount },
      { labels: { state: 'waiting' }, value: pool.waitingCount },
    ],
  );
}
