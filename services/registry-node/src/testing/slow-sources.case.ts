/** Real data in both engines, grown until a table over them takes long: what a stop has to interrupt. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  approvedViewSql,
  type Columns,
  type DataSource,
  fillRecordKeys,
  importColumns,
  openColumnar,
  openPostgres,
} from '@revier/connector-sdk';
import { openRecords } from '@revier/service-kit';
import { sql } from 'kysely';
import type { HolderData } from './ruhr.case.ts';

export interface SlowSource {
  readonly source: DataSource;
  /** Statements that the engine is still working on, as far as it can be asked. */
  active(): Promise<number>;
  close(): Promise<void>;
}

/** For both, the given records so many times, under other identifiers. */
export async function slowColumnar({ imported }: HolderData, times: number): Promise<SlowSource> {
  const folder = await mkdtemp(join(tmpdir(), 'revier-slow-'));
  const { record, person } = imported.model;
  async function* grown(): AsyncGenerator<Columns> {
    for (let at = 0; at < times; at++)
      for await (const batch of imported.batches)
        yield {
          ...batch,
          ...(record === null ? {} : { [record]: (batch[record] ?? []).map((id) => `${id}-${at}`) }),
          ...(person === null ? {} : { [person]: (batch[person] ?? []).map((id) => `${id}-${at}`) }),
        };
  }
  let next = 0;
  await importColumns({ ...imported, batches: grown(), folder, name: 'slow', recordKey: () => next++ >>> 0 });
  const source = await openColumnar({ folder, name: 'slow', memoryLimitMb: 512, threads: 1 });
  return {
    source,
    // Its promise settles when the engine has ended, not before.
    active: async () => 0,
    async close() {
      await source.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @param url of a server's owner, whose database is the test's own */
export async function slowPostgres({ imported }: HolderData, times: number, url: string): Promise<SlowSource> {
  const { model, batches } = imported;
  const role = `slow_${Math.random().toString(36).slice(2, 10)}`;
  const records = await openRecords({ databaseUrl: url });
  const run = (statement: string) => sql.raw(statement).execute(records.db());
  const columns = model.variables.map(({ name, role: is }) => {
    const isText = is === 'dimension' || is === 'identifier';
    return { name, quoted: `"${name}"`, type: isText ? 'text' : 'bigint' };
  });
  const definitions = columns.map(({ quoted, type }) => `${quoted} ${type}`).join(', ');
  await run(`create schema slow; create table slow.cases (${definitions}, usable boolean default true)`);
  const names = columns.map(({ quoted }) => quoted).join(', ');
  for await (const batch of batches) {
    const rows = (batch[model.record ?? ''] ?? []).map((_, row) =>
      Object.fromEntries(columns.map(({ name }) => [name, batch[name]?.[row] ?? null])),
    );
    await sql`insert into slow.cases (${sql.raw(names)}) select ${sql.raw(names)}
      from json_populate_recordset(null::slow.cases, ${JSON.stringify(rows)}::json)`.execute(records.db());
  }
  const approved = { model, schema: 'slow_approved', view: 'cases' };
  await run(approvedViewSql({ ...approved, source: 'slow.cases', role }));
  let next = 0;
  await fillRecordKeys({ ...approved, connectionString: url, recordKey: () => next++ });
  const reader = new URL(url);
  reader.username = role;
  const source = await openPostgres({ ...approved, connectionString: reader.href });
  const others = columns.map(({ name, quoted }) =>
    name === model.record || name === model.person ? `${quoted} || '-' || copy` : quoted,
  );
  await run(
    `insert into slow.cases (${names}) select ${others.join(', ')} from slow.cases, generate_series(1, ${times}) as copy`,
  );
  return {
    source,
    async active() {
      const { rows } = await sql<{
        count: string;
      }>`select count(*) as count from pg_stat_activity where usename = ${role} and state = 'active'`.execute(
        records.db(),
      );
      return Number(rows[0]?.count);
    },
    async close() {
      await source.close();
      await run(`drop owned by ${role}; drop role ${role}`);
      await records.close();
    },
  };
}
