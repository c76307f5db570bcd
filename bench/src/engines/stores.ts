/** The same cases in every store that a node can read from. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  approvedViewSql,
  type DataSource,
  fillRecordKeys,
  importColumns,
  openColumnar,
  openPostgres,
  USABLE,
} from '@revier/connector-sdk';
import { startPostgres } from '@revier/testkit';
import pg from 'pg';
import { batches, grain, model, recordKey } from './invented-cases.ts';

export interface Store {
  readonly name: string;
  readonly source: DataSource;
  close(): Promise<void>;
}

export interface ColumnarStore extends Store {
  /** The DuckDB file. */
  readonly file: string;
}

export const LIMITS = { memoryLimitMb: 1024, threads: 2 };
const NAME = 'cases';

export async function columnarStore(rows: number): Promise<ColumnarStore> {
  const folder = await mkdtemp(join(tmpdir(), 'revier-bench-'));
  const place = { folder, name: NAME };
  const { rejectedTotal } = await importColumns({ ...place, model, grain, batches: batches(rows), recordKey });
  if (rejectedTotal > 0) throw new Error('Some of the invented cases do not fit.');
  const source = await openColumnar({ ...place, ...LIMITS });
  const close = async (): Promise<void> => {
    await source.close();
    await rm(folder, { recursive: true });
  };
  return { name: 'columnar', source, file: join(folder, `${NAME}.duckdb`), close };
}

/** Undefined where there is no PostgreSQL server. */
export async function postgresStore(rows: number): Promise<Store | undefined> {
  const server = await startPostgres();
  if (server === undefined) return undefined;
  const view = { model, schema: 'approved', view: NAME };
  await load(server.url, rows, approvedViewSql({ ...view, source: 'public.cases', role: 'reader' }));
  await fillRecordKeys({ ...view, connectionString: server.url, recordKey });
  const reader = new URL(server.url);
  reader.username = 'reader';
  const source = await openPostgres({ ...view, connectionString: reader.href });
  const close = async (): Promise<void> => {
    await source.close();
    await server.stop();
  };
  return { name: 'postgres', source, close };
}

async function load(url: string, rows: number, viewSql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const names = model.variables.map(({ name }) => name);
  const quoted = names.map((name) => `"${name}"`);
  await client.query(`create table cases (${quoted.map((name) => `${name} text`).join(', ')}, usable boolean)`);
  const arrays = [...names, USABLE].map((_, at) => `$${at + 1}::text[]`).join(', ');
  for (const batch of batches(rows))
    await client.query(
      `insert into cases select ${quoted.join(', ')}, usable = 'yes'
       from unnest(${arrays}) as given (${quoted.join(', ')}, usable)`,
      [...names, USABLE].map((name) => batch[name]),
    );
  await client.query(viewSql);
  await client.query('vacuum analyze cases');
  await client.end();
}
