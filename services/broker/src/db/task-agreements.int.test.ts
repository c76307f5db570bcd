/** Queries of before, which named an agreement for each holder, are there in the present form after the migration. */
import { migrate, openRecords } from '@revier/service-kit';
import { expect, it } from 'vitest';
import { migrations } from './migrations.ts';
import type { BrokerTables } from './tables.ts';
import { SCHEMA } from './tables.ts';

const [HOLDER, OTHER] = ['did:web:a.example', 'did:web:b.example'];

it('a query and its task keep their agreements', async () => {
  const records = await openRecords({ memory: true });
  const before = Object.fromEntries(Object.entries(migrations.migrations).filter(([name]) => name < '0004'));
  await migrate(records.db(), { ...migrations, migrations: before });
  const [queryId, taskId] = [crypto.randomUUID(), crypto.randomUUID()];
  const envelope = JSON.stringify({ agreements: { [HOLDER]: 'sha256:b', [OTHER]: 'sha256:a' }, realm: 'test' });
  await records.pool.query(
    `insert into broker.queries (query_id, submission_id, person, signed, signed_hash, envelope, question_hash,
       asked, stage, stage_ends, ends, least)
     values ($1, 's', 'p', '{}', 'h', $2, 'q', now(), 0, now(), now(), 1)`,
    [queryId, envelope],
  );
  await records.pool.query(
    `insert into broker.tasks (task_id, query_id, holder, dataset, stage, mode, status, attempt)
     values ($1, $2, $3, 'd', 0, 'L', 'waiting', 0)`,
    [taskId, queryId, HOLDER],
  );
  await migrate(records.db(), migrations);
  const db = records.db<BrokerTables>().withSchema(SCHEMA);
  const query = await db.selectFrom('queries').select('envelope').executeTakeFirstOrThrow();
  expect(JSON.parse(query.envelope)).toEqual({ agreements: ['sha256:a', 'sha256:b'], realm: 'test' });
  const task = await db.selectFrom('tasks').select(['task_id', 'agreement']).executeTakeFirstOrThrow();
  expect(task).toEqual({ task_id: taskId, agreement: 'sha256:b' });
  await records.close();
});
