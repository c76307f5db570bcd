/** What a refusal has to be, in every attack. */
import type { RefusalCode } from '@revier/schema';
import { sql } from 'kysely';
import { expect } from 'vitest';
import type { Federation } from './federation.case.ts';

/** Refused by the registry with exactly this code, in a receipt that it has signed; no release lies in its outbox, none has arrived. */
export async function expectRefused(federation: Federation, taskId: string, code: RefusalCode): Promise<void> {
  expect(await federation.refused(taskId)).toEqual([code]);
  expect(federation.broker.releases.get(taskId)).toBeUndefined();
  const found = sql`select 1 from node_registry.message where task_id = ${taskId} and kind = 'release'`;
  expect((await found.execute(federation.records.db())).rows).toEqual([]);
}
