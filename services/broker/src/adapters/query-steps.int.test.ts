/** Steps of one query by two processes at once: every word is kept once, and nobody overwrites what the other has kept. */
import { digest } from '@revier/core';
import type { ReleaseHeader } from '@revier/schema';
import { openRecords, type Records } from '@revier/service-kit';
import { startPostgres } from '@revier/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import type { Event } from '../progress/advance.ts';
import type { Message, QueryStore, StepTaken } from '../query-ports.ts';
import { migrateBroker } from '../start-broker.ts';
import { queryStore } from './query-store.ts';

const postgres = await startPostgres();
const hash = digest(Buffer.from('nothing'));
const HOUR = 3_600_000;

async function keepQuery(records: Records, holders: number): Promise<{ queryId: string; taskIds: string[] }> {
  const db = records.db<BrokerTables>().withSchema(SCHEMA);
  const [queryId, now, ends] = [crypto.randomUUID(), new Date(), new Date(Date.now() + HOUR)];
  const texts = { person: 'p', signed: '{}', signed_hash: hash, envelope: '{}', question_hash: hash };
  const progress = { asked: now, stage: 0, stage_ends: ends, ends, least: holders, outcome: null, answered: null };
  await db
    .insertInto('queries')
    .values({ query_id: queryId, submission_id: queryId, ...texts, ...progress })
    .execute();
  const said = { receipt: null, reasons: null, release: null, body: null, due: now, attempt: 1 };
  const place = { query_id: queryId, stage: 0, mode: 'L', agreement: hash, status: 'waiting' };
  const tasks = Array.from({ length: holders }, (_, at) => {
    const name = String(at).padStart(3, '0');
    const [holder, dataset] = [`did:web:h${name}.example`, `urn:revier:dataset:h${name}`];
    return { task_id: crypto.randomUUID(), holder, dataset, ...place, ...said };
  });
  await db.insertInto('tasks').values(tasks).execute();
  return { queryId, taskIds: tasks.map(({ task_id }) => task_id) };
}

const headerOf = (taskId: string, body: Uint8Array): ReleaseHeader => ({
  ...{ taskId, submissionId: hash, questionHash: hash, iss: 'did:web:h.example', aud: 'did:web:broker.example' },
  ...{ realm: 'test', synthetic: true, dataset: 'urn:revier:dataset:h', epoch: 'e', asOf: '2026-01-01T00:00:00Z' },
  ...{ table: hash, agreement: hash, mode: 'L', minCellSize: 5, body: digest(body), bytes: body.length, iat: 1 },
});

const releaseOf = (taskId: string, body: Uint8Array): Message => ({
  ...{ kind: 'release', taskId, jws: `aa.${taskId}.cc`, header: headerOf(taskId, body), body },
});

function take(store: QueryStore, queryId: string, event: Event, message?: Message): Promise<StepTaken | undefined> {
  return store.step(queryId, event, Date.now(), message);
}

const bytesOf = (size: number): Uint8Array => crypto.getRandomValues(new Uint8Array(size));

function behaves(open: () => Promise<Records>): void {
  let records: Records;
  let stores: readonly [QueryStore, QueryStore];
  beforeAll(async () => {
    records = await open();
    await migrateBroker(records);
    stores = [queryStore(records), queryStore(records)];
  });
  afterAll(() => records.close());

  const statusOf = async (queryId: string) => {
    const db = records.db<BrokerTables>().withSchema(SCHEMA);
    return db
      .selectFrom('tasks')
      .select(['task_id', 'status', 'release', 'body', 'due'])
      .where('query_id', '=', queryId)
      .execute();
  };

  it('keeps all that comes to both at once, and ends the query once', async () => {
    const { queryId, taskIds } = await keepQuery(records, 60);
    // Of every size, also none, and one twice.
    const bodies = taskIds.map((_, at) => bytesOf(at === 1 ? 0 : at * 7));
    bodies[2] = bodies[3] ?? bytesOf(1);
    const steps = await Promise.all(
      taskIds.map((taskId, at) => {
        const store = at % 2 === 0 ? stores[0] : stores[1];
        return take(store, queryId, { kind: 'released', taskId }, releaseOf(taskId, bodies[at] ?? bytesOf(1)));
      }),
    );
    expect(steps.flatMap((step) => step?.effects ?? [])).toEqual([{ kind: 'ended', outcome: 'complete' }]);
    const rows = await statusOf(queryId);
    for (const { task_id, ...row } of rows) {
      const body = digest(bodies[taskIds.indexOf(task_id)] ?? bytesOf(1));
      expect(row).toEqual({ status: 'released', release: `aa.${task_id}.cc`, body, due: null });
    }
    const kept = await stores[0].bodies(bodies.map(digest));
    for (const body of bodies) expect(kept.get(digest(body))).toEqual(Buffer.from(body));
  });

  it('does not believe what it remembers when there is nothing to keep', async () => {
    const { queryId, taskIds } = await keepQuery(records, 1);
    const [taskId = ''] = taskIds;
    await take(stores[0], queryId, { kind: 'accepted', taskId });
    await take(stores[1], queryId, { kind: 'released', taskId }, releaseOf(taskId, bytesOf(9)));
    const step = await take(stores[0], queryId, { kind: 'clock' });
    expect(step?.progress.outcome).toBe('complete');
  });

  it('keeps the first word of a task, whoever heard it, and no other', async () => {
    const { queryId, taskIds } = await keepQuery(records, 2);
    const [taskId = ''] = taskIds;
    await take(stores[0], queryId, { kind: 'accepted', taskId });
    const [first, second] = [bytesOf(8), bytesOf(8)];
    await take(stores[1], queryId, { kind: 'released', taskId }, releaseOf(taskId, first));
    await take(stores[0], queryId, { kind: 'released', taskId }, releaseOf(taskId, second));
    const rows = await statusOf(queryId);
    expect(rows.find(({ task_id }) => task_id === taskId)?.body).toBe(digest(first));
    expect([...(await stores[0].bodies([digest(first), digest(second)])).keys()]).toEqual([digest(first)]);
  });

  it('knows of no query that is not there', async () => {
    expect(await take(stores[0], crypto.randomUUID(), { kind: 'clock' })).toBeUndefined();
  });
}

describe('embedded', () => behaves(() => openRecords({ memory: true, onError: () => {} })));
describe.skipIf(postgres === undefined)('on a PostgreSQL server', () => {
  behaves(() => openRecords({ databaseUrl: postgres?.url ?? '', onError: () => {} }));
  afterAll(() => postgres?.stop());
});
