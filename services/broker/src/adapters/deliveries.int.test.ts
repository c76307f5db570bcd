/** What travels as evidence: bodies of open releases of an earlier stage, to a holder with a task in hand, and no other. */
import { digest } from '@revier/core';
import type { DisclosureMode } from '@revier/schema';
import { openRecords, type Records } from '@revier/service-kit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BrokerTables, SCHEMA } from '../db/tables.ts';
import { migrateBroker } from '../start-broker.ts';
import { queryStore } from './query-store.ts';

const CITY = 'did:web:city.example';
const REGISTRY = 'did:web:registry.example';
const hash = digest(new TextEncoder().encode('nothing'));
let records: Records;

beforeAll(async () => {
  records = await openRecords({ memory: true, onError: () => {} });
  await migrateBroker(records);
});
afterAll(() => records.close());

/** A query whose city has released a body and whose registry has its task next. */
async function keep(city: { mode: DisclosureMode; stage: number; status: string }, registry: string): Promise<string> {
  const db = records.db<BrokerTables>().withSchema(SCHEMA);
  const [queryId, bytes] = [crypto.randomUUID(), crypto.getRandomValues(new Uint8Array(16))];
  const now = new Date();
  const query = { query_id: queryId, submission_id: queryId, person: 'p', signed: '{}', signed_hash: hash };
  const times = { asked: now, stage_ends: now, ends: now, answered: null };
  const progress = { stage: 1, least: 1, outcome: null, envelope: '{}', question_hash: hash };
  await db
    .insertInto('queries')
    .values({ ...query, ...times, ...progress })
    .execute();
  await db
    .insertInto('bodies')
    .values({ hash: digest(bytes), bytes })
    .execute();
  const said = { receipt: null, reasons: null, release: null, due: null, attempt: 1 };
  const task = { query_id: queryId, agreement: digest(Buffer.from('an agreement')), ...said };
  const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
  await db
    .insertInto('tasks')
    .values([
      { ...task, ...city, task_id: first, holder: CITY, dataset: 'urn:revier:dataset:a', body: digest(bytes) },
      { ...task, task_id: second, holder: REGISTRY, dataset: 'b', mode: 'L', stage: 1, status: registry, body: null },
    ])
    .execute();
  return digest(bytes);
}

const open = { mode: 'O', stage: 0, status: 'released' } as const;

it.each([
  ['an open release of the stage before, to whoever has its task in hand', open, 'waiting', true],
  ['the same to whoever has accepted', open, 'accepted', true],
  ['not to whoever has answered', open, 'released', false],
  ['not before its stage has begun', open, 'planned', false],
  ['not a release under disclosure control', { ...open, mode: 'L' } as const, 'waiting', false],
  ['not one of the same stage', { ...open, stage: 1 }, 'waiting', false],
  ['not one that does not count', { ...open, status: 'missed' }, 'waiting', false],
])('is handed out: %s', async (_what, city, registry, handedOut) => {
  const store = queryStore(records);
  const body = await keep(city, registry);
  expect((await store.evidenceBody(REGISTRY, body)) !== undefined).toBe(handedOut);
  expect(await store.evidenceBody(CITY, body)).toBeUndefined();
  expect(await store.evidenceBody('did:web:stranger.example', body)).toBeUndefined();
});
