/** Records on a PostgreSQL server: the contract, and a server that goes away. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '@revier/testkit';
import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { openRecords } from './open-records.ts';
import { describeRecords } from './records.case.ts';

const postgres = await startPostgres();
const databaseUrl = postgres?.url ?? '';

describe.skipIf(postgres === undefined)('records on a PostgreSQL server', () => {
  afterAll(() => postgres?.stop());

  describeRecords(() => openRecords({ databaseUrl }));

  it('hear again after the connection was lost', async () => {
    const errors: Error[] = [];
    const records = await openRecords({ databaseUrl, onError: (error) => errors.push(error) });
    const heard: string[] = [];
    await records.listen('again', (payload) => heard.push(payload));
    await records.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and query like 'LISTEN%'`,
    );
    // An empty payload: something may have been missed, look again.
    await expect.poll(() => heard, { timeout: 5_000 }).toEqual(['']);
    await records.notify('again', 'here');
    await expect.poll(() => heard).toEqual(['', 'here']);
    expect(errors.length).toBeGreaterThan(0);
    await records.close();
  });

  it('fail the transaction whose connection breaks between two statements, and nothing else', async () => {
    const [records, other] = [await openRecords({ databaseUrl }), await openRecords({ databaseUrl })];
    const broken = records
      .db()
      .transaction()
      .execute(async (db) => {
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
        await other.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
        // Nobody waits for an answer while the connection goes.
        await sleep(200);
        await sql`select 1`.execute(db);
      });
    await expect(broken).rejects.toThrow();
    expect((await records.pool.query('select 1 as fine')).rows).toEqual([{ fine: 1 }]);
    for (const one of [records, other]) await one.close();
  });

  it('say at once that there is no server', async () => {
    await expect(openRecords({ databaseUrl: 'postgres://revier@127.0.0.1:1/none' })).rejects.toThrow('ECONNREFUSED');
  });
});
