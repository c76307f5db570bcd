/** The contract of the records, run over the embedded database and over a server: one behaviour, one set of types. */
import type { Generated } from 'kysely';
import { sql } from 'kysely';
import type { PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Migrations, migrate, pendingMigrations } from './migrate.ts';
import type { Records } from './records.ts';

interface Tables {
  entry: { id: string; made: Date; body: unknown; bytes: Buffer | null; serial: Generated<number> };
}

const migrations: Migrations['migrations'] = {
  '0001-entry': {
    up: async (db) => {
      await db.schema
        .createTable('entry')
        .addColumn('id', 'bigint', (column) => column.primaryKey())
        .addColumn('made', 'timestamptz', (column) => column.notNull())
        .addColumn('body', 'jsonb', (column) => column.notNull())
        .addColumn('bytes', 'bytea')
        .execute();
    },
  },
  '0002-serial': {
    up: async (db) => {
      await db.schema.alterTable('entry').addColumn('serial', 'serial').execute();
      await db.schema.createIndex('entry_made').on('entry').column('made').execute();
    },
  },
};

const made = new Date('2026-03-29T01:30:00.123Z');
const row = (id: string) => ({
  id,
  made,
  body: JSON.stringify({ a: [1, null, 'ß'] }),
  bytes: Buffer.from([0, 255, 92]),
});

export function describeRecords(open: () => Promise<Records>): void {
  let records: Records;
  const entries = (schema = 'alpha') => records.db<Tables>().withSchema(schema);

  beforeAll(async () => {
    records = await open();
    for (const schema of ['alpha', 'beta']) await migrate(records.db(), { schema, migrations });
  }, 60_000);
  afterAll(() => records.close());

  async function withClient<T>(use: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await records.pool.connect();
    try {
      return await use(client);
    } finally {
      client.release();
    }
  }

  describe('types', () => {
    it('come back as pg gives them', async () => {
      await entries().insertInto('entry').values(row('9007199254740993')).execute();
      const found = await entries().selectFrom('entry').selectAll().executeTakeFirstOrThrow();
      expect(found).toEqual({ ...row('9007199254740993'), body: { a: [1, null, 'ß'] }, serial: 1 });
      expect(found.made).toBeInstanceOf(Date);
      expect(Buffer.isBuffer(found.bytes)).toBe(true);
      const { count } = await entries()
        .selectFrom('entry')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .executeTakeFirstOrThrow();
      expect(count).toBe('1');
    });

    it('are text where a number could lose something', async () => {
      const { rows } = await records.pool.query(
        `select 1::int as int, 1::bigint as bigint, 1.50::numeric as numeric, 0.5::float8 as float, true as bool,
           array[1, 2]::bigint[] as bigints, array['a', 'b'] as texts, '{"a":1}'::json as json, null as nothing`,
      );
      expect(rows).toEqual([
        {
          int: 1,
          bigint: '1',
          numeric: '1.50',
          float: 0.5,
          bool: true,
          bigints: ['1', '2'],
          texts: ['a', 'b'],
          json: { a: 1 },
          nothing: null,
        },
      ]);
    });

    it('take what pg takes', async () => {
      const { rows } = await records.pool.query(
        'select $1::bigint as big, $2::timestamptz as date, $3::jsonb as json, $4::text[] as list, $5::bytea as bytes',
        [12n, made, { x: 1 }, ['a"b', null], Buffer.from('ü')],
      );
      expect(rows).toEqual([{ big: '12', date: made, json: { x: 1 }, list: ['a"b', null], bytes: Buffer.from('ü') }]);
    });
  });

  describe('answers', () => {
    it('count the rows that a statement changed', async () => {
      await entries()
        .insertInto('entry')
        .values([row('11'), row('12')])
        .execute();
      const result = await entries().deleteFrom('entry').where('id', 'in', ['11', '12', '13']).executeTakeFirst();
      expect(result.numDeletedRows).toBe(2n);
    });

    it('come one per statement', async () => {
      const results: unknown = await records.pool.query('select 1 as a; select 2 as b');
      expect(results).toMatchObject([{ rows: [{ a: 1 }] }, { rows: [{ b: 2 }] }]);
    });

    it('may be large', async () => {
      const { rows } = await records.pool.query(`select i, repeat('x', 500) as text from generate_series(1, 20000) i`);
      expect([rows.length, rows[19_999]?.i, rows[19_999]?.text.length]).toEqual([20_000, 20_000, 500]);
    });

    it('carry the code of an error, and the connection lives on', async () => {
      await expect(records.pool.query('select $1::int', ['x'])).rejects.toMatchObject({ code: '22P02' });
      await expect(records.pool.query('select * from nowhere')).rejects.toMatchObject({ code: '42P01' });
      expect((await records.pool.query('select 1 as fine')).rows).toEqual([{ fine: 1 }]);
    });
  });

  describe('transactions', () => {
    const ids = () =>
      entries('beta')
        .selectFrom('entry')
        .select('id')
        .orderBy('id')
        .execute()
        .then((rows) => rows.map(({ id }) => id));

    it('keep all or nothing', async () => {
      await expect(
        entries('beta')
          .transaction()
          .execute(async (db) => {
            await db.insertInto('entry').values(row('1')).execute();
            throw new Error('changed my mind');
          }),
      ).rejects.toThrow('changed my mind');
      expect(await ids()).toEqual([]);
      await entries('beta')
        .transaction()
        .setIsolationLevel('serializable')
        .execute((db) => db.insertInto('entry').values(row('2')).execute());
      expect(await ids()).toEqual(['2']);
    });

    it('do not swallow what another client writes meanwhile', async () => {
      await withClient(async (client) => {
        await client.query('/* a comment first */ BEGIN');
        await client.query('insert into beta.entry (id, made, body) values (3, now(), $1)', ['{}']);
        const other = entries('beta').insertInto('entry').values(row('4')).execute();
        await client.query('rollback');
        await other;
      });
      expect(await ids()).toEqual(['2', '4']);
    });

    it('hide what is not committed', async () => {
      await withClient(async (client) => {
        await client.query('begin');
        await client.query('delete from beta.entry');
        const seen = ids();
        await client.query('rollback');
        expect(await seen).toEqual(['2', '4']);
      });
    });

    it('say so when COMMIT could only roll back', async () => {
      const { command } = await withClient(async (client) => {
        await client.query('begin');
        await expect(client.query('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
        await expect(client.query('select 1')).rejects.toMatchObject({ code: '25P02' });
        return client.query('commit');
      });
      expect(command).toBe('ROLLBACK');
    });

    it('know savepoints', async () => {
      await withClient(async (client) => {
        await client.query('begin; savepoint here');
        await expect(client.query('insert into beta.entry (id) values (5)')).rejects.toMatchObject({ code: '23502' });
        await client.query('rollback to here; delete from beta.entry where id = 2; commit');
      });
      expect(await ids()).toEqual(['4']);
    });

    it('end with the client that left them open', async () => {
      const client = await records.pool.connect();
      await client.query('begin');
      await client.query('delete from beta.entry');
      client.release(true);
      expect(await ids()).toEqual(['4']);
    });

    it('of many clients come one after another without loss', async () => {
      await records.pool.query('create table beta.counter (n int not null); insert into beta.counter values (0)');
      await Promise.all(
        Array.from({ length: 25 }, () =>
          records
            .db<{ counter: { n: number } }>()
            .withSchema('beta')
            .transaction()
            .execute(async (db) => {
              const { n } = await db.selectFrom('counter').select('n').forUpdate().executeTakeFirstOrThrow();
              await db
                .updateTable('counter')
                .set({ n: n + 1 })
                .execute();
            }),
        ),
      );
      expect((await records.pool.query('select n from beta.counter')).rows).toEqual([{ n: 25 }]);
    });
  });

  describe('notifications', () => {
    it('reach every listener of the channel, and only those', async () => {
      const heard: string[] = [];
      const stop = await records.listen('Tasks of "A"', (payload) => heard.push(`first ${payload}`));
      await records.listen('Tasks of "A"', (payload) => heard.push(`second ${payload}`));
      await records.listen('other', () => heard.push('other'));
      await records.notify('Tasks of "A"', 'ä');
      await expect.poll(() => heard).toEqual(['first ä', 'second ä']);
      await stop();
      await records.notify('Tasks of "A"', 'b');
      await expect.poll(() => heard).toEqual(['first ä', 'second ä', 'second b']);
    });

    it('wait for the commit and vanish with a rollback', async () => {
      const heard: string[] = [];
      await records.listen('late', (payload) => heard.push(payload));
      await withClient(async (client) => {
        await client.query('begin');
        await client.query(`select pg_notify('late', 'rolled back')`);
        await client.query('rollback');
        await client.query('begin');
        await client.query(`select pg_notify('late', 'committed')`);
        expect(heard).toEqual([]);
        await client.query('commit');
      });
      await expect.poll(() => heard).toEqual(['committed']);
    });

    it('reach a client that listens by itself, with a comment before LISTEN', async () => {
      const client = await records.pool.connect();
      const heard: (string | undefined)[] = [];
      client.on('notification', ({ channel, payload }) => channel === 'commented' && heard.push(payload));
      await client.query('-- jobs\n/* all */ listen commented');
      await records.notify('commented', 'x');
      await expect.poll(() => heard).toEqual(['x']);
      client.release(true);
    });

    it('survive a listener that throws', async () => {
      const heard: string[] = [];
      await records.listen('faulty', () => {
        throw new Error('of the listener');
      });
      await records.listen('faulty', (payload) => heard.push(payload));
      await records.notify('faulty', 'still');
      await expect.poll(() => heard).toEqual(['still']);
    });
  });

  describe('migrations', () => {
    it('run once, in order, each schema for itself', async () => {
      expect(await pendingMigrations(records.db(), { schema: 'gamma', migrations })).toEqual(Object.keys(migrations));
      expect(await migrate(records.db(), { schema: 'gamma', migrations })).toEqual(Object.keys(migrations));
      expect(await migrate(records.db(), { schema: 'gamma', migrations })).toEqual([]);
      expect(await pendingMigrations(records.db(), { schema: 'gamma', migrations })).toEqual([]);
      const { rows } = await records.pool.query(
        `select table_name from information_schema.tables where table_schema = 'gamma' order by 1`,
      );
      expect(rows.map(({ table_name }) => table_name)).toEqual(['entry', 'migration', 'migration_lock']);
    });

    it('change nothing at all when one of them fails', async () => {
      const faulty = {
        ...migrations,
        '0003-faulty': {
          up: async (db) => void (await sql`insert into ${sql.table('delta.entry')} values ('x')`.execute(db)),
        },
      } satisfies Migrations['migrations'];
      const failing = migrate(records.db(), { schema: 'delta', migrations: faulty });
      await expect(failing).rejects.toMatchObject({
        code: 'INTERNAL',
        message: 'Migration 0003-faulty of schema delta failed; nothing was changed.',
      });
      expect(await pendingMigrations(records.db(), { schema: 'delta', migrations: faulty })).toHaveLength(3);
      const { rows } = await records.pool.query(`select to_regclass('delta.entry') as entry`);
      expect(rows).toEqual([{ entry: null }]);
    });

    it('refuse a schema that a newer program has migrated', async () => {
      const newer = { ...migrations, '0003-newer': { up: async () => {} } };
      await migrate(records.db(), { schema: 'epsilon', migrations: newer });
      await expect(migrate(records.db(), { schema: 'epsilon', migrations })).rejects.toThrow('a newer one');
    });
  });
}
