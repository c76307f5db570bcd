/** Reminders through the job queue: one job per query and instant; the queue reminds, the records know. */
import { randomUUID } from 'node:crypto';
import type { JobQueue } from '@revier/service-kit';
import { z } from 'zod';
import type { Reminders } from '../ports.ts';

export const QUEUE_NAME = 'broker-queries';

export const Reminder = z.strictObject({ queryId: z.uuid() });
export type Reminder = z.infer<typeof Reminder>;

export function queueReminders(queue: JobQueue<Reminder>, now: () => number): Reminders {
  // A completed job's id is remembered for a day; after a restart the same instant must be able to remind again.
  const process = randomUUID();
  return {
    remind: (queryId, at) =>
      queue.add(`${queryId}/${Math.ceil(at)}/${process}`, { queryId }, { delayMs: Math.max(0, Math.ceil(at - now())) }),
  };
}
