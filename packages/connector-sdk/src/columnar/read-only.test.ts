/** Attacks on the reading connection: whatever SQL reached it, it could neither write, nor leave its file, nor unlock itself. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReader, startWriter } from './engine.ts';

const limits = { memoryLimitMb: 128, threads: 1 };
let folder: string;
let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revier-locked-'));
  const file = join(folder, 'sample.duckdb');
  const writer = await startWriter(file, join(folder, 'spill'), limits);
  const write = await writer.connect();
  await write.run('create table records as select 1 as a; create view approved as select a from records');
  write.closeSync();
  writer.closeSync();
  instance = await startReader(file, join(folder, 'spill'), limits);
  connection = await instance.connect();
});

afterAll(async () => {
  connection.closeSync();
  instance.closeSync();
  await rm(folder, { recursive: true });
});

const attacks = {
  'read a file': [
    "from read_csv('/etc/passwd')",
    "from read_text('/etc/hostname')",
    "from read_blob('/etc/hostname')",
    "from '/etc/passwd'",
    "from glob('/etc/*')",
  ],
  'write a file': [
    "copy approved to '/tmp/revier-stolen.csv'",
    "export database '/tmp/revier-stolen'",
    "set log_query_path = '/tmp/revier-stolen.log'",
  ],
  'attach a database': ["attach '/tmp/revier-other.duckdb'", "attach ':memory:' as other"],
  'load an extension': ['install httpfs', 'load httpfs', "load '/tmp/evil.duckdb_extension'", 'force install json'],
  'reach the network': ["from read_csv('http://127.0.0.1:9/x.csv')", "attach 'http://127.0.0.1:9/x.duckdb'"],
  'change the configuration': [
    'set threads = 8',
    "set memory_limit = '10GB'",
    'set enable_external_access = true',
    'set lock_configuration = false',
    'reset lock_configuration',
    'set global autoinstall_known_extensions = true',
    'pragma threads = 8',
    "set temp_directory = '/tmp'",
  ],
  'write into the data': [
    'insert into records values (2)',
    'update records set a = 2',
    'delete from records',
    'create table other (a integer)',
    'create or replace view approved as select 2 as a',
    'drop view approved',
    'alter table records add column b integer',
  ],
  'keep a secret': ["create persistent secret s (type s3, key_id 'a', secret 'b')"],
} as const;

describe('the reading connection', () => {
  for (const [what, statements] of Object.entries(attacks)) {
    it.each(statements)(`cannot ${what}: %s`, async (statement) => {
      // The reason counts: a statement that fails for want of a network today would succeed elsewhere.
      await expect(connection.run(statement)).rejects.toThrow(
        /disabled (by|through) configuration|configuration has been locked|read-only mode|does not exist|requires the extension/,
      );
    });
  }

  it('still answers, and left no trace beside its file', async () => {
    expect(await (await connection.run('select a from approved')).getColumns()).toEqual([[1]]);
    expect(await readdir(folder)).toEqual(['sample.duckdb']);
  });

  it('runs with the limits that it was given', async () => {
    const answer = await connection.run("select current_setting('threads'), current_setting('memory_limit')");
    expect(await answer.getColumns()).toEqual([[1n], ['122.0 MiB']]);
  });
});
