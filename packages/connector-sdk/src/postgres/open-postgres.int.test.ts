/** The life of an open view: stopping, losing the server, and attacks by code, by name and by whoever gets the role. */
import type { SourceTable } from '@revier/core';
import { startPostgres } from '@revier/testkit';
import pg from 'pg';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countAll, sampleBatch, sampleModel } from '../columnar/sample.case.ts';
import type { DataSource } from '../data-source.ts';
import { type ApprovedViewPlan, approvedViewSql, contentPath, epochPath, keysPath, viewPath } from './approved-view.ts';
import { fillRecordKeys } from './fill-record-keys.ts';
import { optionsOf, run, setUp, tearDown, urlOf } from './given.case.ts';
import { openPostgres, type PostgresSource } from './open-postgres.ts';
import { readTransaction } from './read-transaction.ts';

const server = await startPostgres();
const url = server?.url ?? '';
afterAll(() => server?.stop());

const batch = sampleBatch(40);
const rows = Array.from({ length: 40 }, (_, row) => ({
  usable: true,
  values: Object.fromEntries(Object.entries(batch).map(([name, column]) => [name, column[row] ?? null])),
}));
const soon = { timeoutMs: 20_000 };
const aborted = { name: 'AbortError' };

let plan: ApprovedViewPlan;
let source: PostgresSource;

const fill = () => fillRecordKeys({ ...plan, connectionString: url, recordKey: (id) => Number(id.slice(1)) });

const countOf = async (from: DataSource = source, options = soon): Promise<number | undefined> => {
  const [count] = (await from.aggregate(countAll, options)).measures;
  return count?.kind === 'count' ? count.value[0] : undefined;
};

/** The approved view with another condition. */
const showWhere = (condition: string): Promise<unknown> =>
  run(
    url,
    approvedViewSql(plan)
      .split('\n\n')
      .filter((statement) => statement.startsWith(`create view ${viewPath(plan)} `))
      .join()
      .replace('create view', 'create or replace view')
      .replace(/where .*;$/, `where ${condition}`),
  );
/** Each record takes `seconds` to read. */
const slowDown = (seconds: number): Promise<unknown> => showWhere(`usable and pg_sleep(${seconds})::text = ''`);

/** Statements that the server runs for the role now. */
const running = async (): Promise<number> => {
  const answer = await run(
    url,
    `select 1 from pg_stat_activity where usename = '${plan.role}' and state = 'active' and query like '%lookup%' or usename = '${plan.role}' and wait_event = 'PgSleep'`,
  );
  return answer.rowCount ?? 0;
};

async function until(holds: () => Promise<boolean>, limitMs: number): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('It did not come to that.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe.skipIf(server === undefined)('an open view', () => {
  beforeEach(async () => {
    plan = await setUp(url, { model: sampleModel, rows });
    await fill();
    source = await openPostgres(optionsOf(url, plan));
  });
  afterEach(async () => {
    await source.close();
    await tearDown(url, plan);
  });

  it('stops its statement on the server when its time is over, and answers the next', async () => {
    await slowDown(30);
    const work = expect(countOf(source, { timeoutMs: 600 })).rejects.toMatchObject(aborted);
    await until(async () => (await running()) === 1, 500);
    await work;
    await until(async () => (await running()) === 0, 500);
    await slowDown(0);
    expect(await countOf()).toBe(40);
  });

  it('stops its statement on the server within a second of being told to', async () => {
    await slowDown(30);
    const stop = new AbortController();
    const work = source.aggregate(countAll, { ...soon, signal: stop.signal });
    const refused = expect(work).rejects.toMatchObject(aborted);
    await until(async () => (await running()) === 1, 2000);
    const told = Date.now();
    stop.abort(new Error("with a reason of one's own"));
    await refused;
    await until(async () => (await running()) === 0, 500);
    expect(Date.now() - told).toBeLessThan(1000);
  });

  it('lets nobody wait for a connection who was told to stop, and spoils nothing for the others', async () => {
    await source.close();
    source = await openPostgres({ ...optionsOf(url, plan), maxConnections: 1 });
    await slowDown(0.02);
    const ended: string[] = [];
    const first = countOf().finally(() => ended.push('first'));
    const second = countOf(source, { timeoutMs: 100 }).finally(() => ended.push('second'));
    await expect(second).rejects.toMatchObject(aborted);
    expect(await first).toBe(40);
    expect(ended).toEqual(['second', 'first']);
    expect(await countOf()).toBe(40);
  });

  it('has a limit of the server as well, should the node go away', async () => {
    const pool = new pg.Pool({ connectionString: urlOf(url, plan.role) });
    const database = { pool, config: { connectionString: urlOf(url, plan.role) } };
    const names = ['statement_timeout', 'lock_timeout', 'jit', 'transaction_read_only', 'transaction_isolation'];
    const settings = await readTransaction(database, { timeoutMs: 1234.5 }, async (client) => {
      const answer = await client.query({
        text: `select ${names.map((name) => `current_setting('${name}')`).join(', ')}`,
        rowMode: 'array',
      });
      return answer.rows[0];
    });
    expect(settings).toEqual(['1235ms', '1235ms', 'off', 'on', 'repeatable read']);
    await pool.end();
  });

  it('takes the limit of the server for its own', async () => {
    const pool = new pg.Pool({ connectionString: url });
    const work = readTransaction({ pool, config: { connectionString: url } }, soon, async (client) => {
      await client.query("set local statement_timeout = '20ms'");
      await client.query('select pg_sleep(10)');
    });
    await expect(work).rejects.toMatchObject(aborted);
    await pool.end();
  });

  it('survives that the server drops its connections', async () => {
    await run(url, `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${plan.role}'`);
    await until(async () => (await countOf().catch(() => 0)) === 40, 2000);
    await slowDown(30);
    const work = expect(countOf()).rejects.toMatchObject(aborted);
    await until(async () => (await running()) === 1, 2000);
    await run(url, `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${plan.role}'`);
    await work;
  });

  it('waits for its running tables when closed, and takes no more', async () => {
    const work = countOf();
    await Promise.all([source.close(), source.close()]);
    expect(await work).toBe(40);
    await expect(countOf()).rejects.toMatchObject({ code: 'INTERNAL' });
    // The server takes a moment to strike a session off its list after its connection has closed.
    const sessions = async () =>
      (await run(url, `select 1 from pg_stat_activity where usename = '${plan.role}'`)).rowCount;
    await expect.poll(sessions, { timeout: 5_000 }).toBe(0);
  });

  it('refuses rates over records without a key, and goes on counting them', async () => {
    await run(
      url,
      `insert into ${plan.source} ("stayId", "personId", area, sex, beds, usable) values ('new', 'p', '05911', 'M', 1, true)`,
    );
    expect(await countOf()).toBe(41);
    const rate = (area: string): SourceTable => ({
      ...countAll,
      measures: [{ kind: 'strata', identifier: null, where: [], stratum: { variable: 'area', pairs: [[area, 0]] } }],
    });
    await expect(source.aggregate(rate('05911'), soon)).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(source.aggregate(rate('05913'), soon)).resolves.toMatchObject({ atoms: null });
  });

  it('answers for the data of its epoch, and once they are of another for none', async () => {
    expect(await source.isCurrent()).toBe(true);
    await run(url, `delete from ${plan.source} where "stayId" = 's1'`);
    const { epoch } = await fill();
    expect(epoch).not.toBe(source.epoch);
    expect(await source.isCurrent()).toBe(false);
    await expect(countOf()).rejects.toMatchObject({ code: 'DATA_UNREADABLE', message: expect.stringMatching(/anew/) });
    const again = await openPostgres(optionsOf(url, plan));
    expect([again.epoch, await countOf(again)]).toEqual([epoch, 39]);
    await again.close();
  });

  it('is not opened over data that have changed since their epoch was stored, or that have none', async () => {
    const opening = () => openPostgres(optionsOf(url, plan));
    await run(url, `update ${plan.source} set score = -1 where "stayId" = 's5'`);
    await expect(opening()).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      message: expect.stringMatching(/changed/),
    });
    await run(url, `truncate ${contentPath(plan)}`);
    await expect(opening()).rejects.toMatchObject({
      code: 'DATA_UNREADABLE',
      message: expect.stringMatching(/no epoch/),
    });
    expect(await source.isCurrent()).toBe(false);
    await run(url, `drop view ${epochPath(plan)}`);
    await expect(opening()).rejects.toMatchObject({ message: expect.stringMatching(/no epoch/) });
  });

  it('refuses a sum that no number can hold exactly', async () => {
    await run(url, `update ${plan.source} set beds = 9007199254740991`);
    const sum = { ...countAll, measures: [{ kind: 'sum', variable: 'beds', where: [] } as const] };
    await expect(source.aggregate(sum, soon)).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('says in an error nothing that the server said', async () => {
    await run(url, `alter view ${viewPath(plan)} rename to elsewhere`);
    const failed = await countOf().catch((error) => error);
    expect(failed).toMatchObject({ code: 'INTERNAL', message: 'The data could not be read (SQLSTATE 42P01).' });
    expect(failed.cause).toBeUndefined();
    await run(url, `alter view ${plan.schema}.elsewhere rename to stays`);
  });

  it.each([
    "'); drop table stays; --",
    "05911' or '1' = '1",
    '{05911,05913}',
    '$1',
    'NULL',
    '%',
    '\\',
    '"',
    '\ud83d\udc80',
  ])('takes the code %j for a code', async (code) => {
    const asked: SourceTable = {
      ...countAll,
      dimensions: [{ variable: 'area', pairs: [[code, 1]] }],
      measures: [{ kind: 'count', identifier: null, where: [{ variable: 'sex', stored: [code] }] }],
    };
    expect((await source.aggregate(asked, soon)).measures[0]).toMatchObject({ value: new Float64Array() });
    await run(url, `update ${plan.source} set area = $c$${code}$c$, sex = $c$${code}$c$ where "stayId" = 's1'`);
    expect((await source.aggregate(asked, soon)).measures[0]).toMatchObject({ value: Float64Array.of(1) });
  });

  it.each(['area" from stays; --', 'record_key', 'pg_sleep(9)', ''])('takes %j for no name', async (variable) => {
    const asked = { ...countAll, dimensions: [{ variable, pairs: [['a', 0] as const] }] };
    await expect(source.aggregate(asked, soon)).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(openPostgres({ ...optionsOf(url, plan), view: variable })).rejects.toMatchObject({ name: 'AppError' });
  });

  // 42501: no right; 55000: a view that joins its keys cannot be written into at all.
  it('lets whoever gets the role do nothing but read the view', async () => {
    const attacks = [
      `select * from ${plan.source}`,
      `select * from ${keysPath(plan)}`,
      `select * from ${contentPath(plan)}`,
      `update ${epochPath(plan)} set epoch = '0000000000000000'`,
      `insert into ${viewPath(plan)} ("stayId") values ('x')`,
      `update ${viewPath(plan)} set beds = 0`,
      `delete from ${viewPath(plan)}`,
      `drop view ${viewPath(plan)}`,
      `create or replace view ${viewPath(plan)} as select 1`,
      `create table ${plan.schema}.mine (a integer)`,
      `alter role ${plan.role} superuser`,
      `set role ${new URL(url).username}`,
      `copy (select 1) to program 'true'`,
      `copy ${viewPath(plan)} to '/tmp/revier-stolen.csv'`,
      `select pg_read_file('/etc/passwd')`,
    ];
    for (const attack of attacks)
      await expect(run(urlOf(url, plan.role), attack), attack).rejects.toMatchObject({
        code: expect.stringMatching(/^(42501|55000)$/),
      });
    expect((await run(urlOf(url, plan.role), `select * from ${viewPath(plan)}`)).rowCount).toBe(40);
  });

  it('shows no record under an objection, not even to a condition that tells what it sees', async () => {
    await run(url, `update ${plan.source} set usable = case when "stayId" = 's1' then null else "stayId" <> 's2' end`);
    expect(await countOf()).toBe(38);
    // A condition that costs more than the function below would come after it, were the view no barrier.
    await showWhere('(usable and pg_sleep(0) is not null) is true');
    const client = new pg.Client({ connectionString: urlOf(url, plan.role) });
    const told: string[] = [];
    client.on('notice', ({ message }) => told.push(String(message)));
    await client.connect();
    await client.query(`create function pg_temp.tell(t text) returns boolean language plpgsql cost 0.0001 as
      $$ begin raise notice '%', t; return true; end $$`);
    await client.query(`select * from ${viewPath(plan)} where pg_temp.tell("stayId")`);
    await client.end();
    expect(told).toContain('s3');
    expect(told).not.toContain('s1');
    expect(told).not.toContain('s2');
  });

  it('writes nothing, even as somebody who may', async () => {
    const pool = new pg.Pool({ connectionString: url });
    const attacks = [
      `delete from ${plan.source}`,
      `insert into ${keysPath(plan)} values ('x', 1)`,
      'create table mine (a integer)',
      'create temp table lookup (a integer)',
      `drop view ${viewPath(plan)}`,
      'set transaction read write',
    ];
    for (const attack of attacks) {
      const work = readTransaction({ pool, config: { connectionString: url } }, soon, async (client) => {
        await client.query('select 1');
        await client.query(attack);
      });
      await expect(work, attack).rejects.toThrow(/SQLSTATE 25(006|001)/);
    }
    await pool.end();
    expect(await countOf()).toBe(40);
  });
});
