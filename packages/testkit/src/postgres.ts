/** A PostgreSQL of one's own for a test: TEST_DATABASE_URL, else the local programs, else a container. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { hasContainers } from './has-containers.ts';
import { startServer } from './server-process.ts';

export interface TestPostgres {
  /** An empty database. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Undefined, after one line on stderr, where there is no PostgreSQL: `describe.skipIf(postgres === undefined)`. */
export async function startPostgres(): Promise<TestPostgres | undefined> {
  const server = process.env.TEST_DATABASE_URL;
  if (server !== undefined && server !== '') return databaseOn(server);
  const programs = findPrograms();
  if (programs !== undefined) return localServer(programs);
  if (hasContainers()) return inContainer();
  process.stderr.write('SKIPPED: no PostgreSQL for these tests; set TEST_DATABASE_URL or install its server.\n');
  return undefined;
}

async function inContainer(): Promise<TestPostgres> {
  // Loaded only here: it is large, and hardly ever needed.
  const { startContainer } = await import('./container.ts');
  const { host, port, stop } = await startContainer({
    image: 'postgres:17-alpine',
    port: 5432,
    environment: { POSTGRES_USER: 'revier', POSTGRES_HOST_AUTH_METHOD: 'trust', POSTGRES_INITDB_ARGS: '--locale=C' },
    ready: { log: /ready to accept connections/, times: 2 },
  });
  return { url: `postgres://revier@${host}:${port}/postgres`, stop };
}

/** A database of a random name on a server that others use too. */
async function databaseOn(server: string): Promise<TestPostgres> {
  const name = `revier_test_${randomBytes(6).toString('hex')}`;
  await run(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, stop: () => run(server, `drop database ${name} with (force)`) };
}

async function localServer(programs: string): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'revier-postgres-'));
  const user = unprivilegedUser();
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  // No password: the server listens on loopback, for the length of a test. No sync: a lost test needs no recovery.
  const options = ['-D', data, '-U', 'revier', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(programs, 'initdb'), options, { stdio: 'ignore', cwd: folder, ...user });
  const port = await freePort();
  const url = `postgres://revier@127.0.0.1:${port}/postgres`;
  const stop = await startServer({
    program: join(programs, 'postgres'),
    args: ['-D', data, '-k', folder, '-h', '127.0.0.1', '-p', String(port), '-c', 'fsync=off'],
    user,
    answers: () => run(url, 'select 1'),
    stopSignal: 'SIGINT',
  });
  return {
    url,
    stop: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** The folder of `initdb`: the newest that Debian has, else one on the path. */
function findPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const onPath = (process.env.PATH ?? '').split(delimiter);
  return [...versions.map((version) => join(debian, version, 'bin')), ...onPath].find((folder) =>
    existsSync(join(folder, 'initdb')),
  );
}

/** PostgreSQL refuses to run as root; its package brings a user. */
function unprivilegedUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (userInfo().uid !== 0) return undefined;
  const idOf = (kind: string): number => Number(execFileSync('id', [kind, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}
