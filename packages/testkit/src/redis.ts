/** A Redis of one's own for a test: TEST_REDIS_URL, else `redis-server` on a loopback port, else a container; nothing is kept. */
import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.ts';
import { hasContainers } from './has-containers.ts';
import { startServer } from './server-process.ts';

export interface TestRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** Undefined, after one line on stderr, where there is no Redis. */
export async function startRedis(): Promise<TestRedis | undefined> {
  const url = process.env.TEST_REDIS_URL;
  if (url !== undefined && url !== '') return { url, stop: async () => {} };
  const program = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'redis-server'))
    .find(existsSync);
  if (program !== undefined) return localServer(program);
  if (hasContainers()) return inContainer();
  process.stderr.write('SKIPPED: no Redis for these tests; set TEST_REDIS_URL or install redis-server.\n');
  return undefined;
}

async function localServer(program: string): Promise<TestRedis> {
  const port = await freePort();
  const stop = await startServer({
    program,
    args: ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', tmpdir()],
    answers: () => connects(port),
    stopSignal: 'SIGTERM',
  });
  return { url: `redis://127.0.0.1:${port}`, stop };
}

async function inContainer(): Promise<TestRedis> {
  // Loaded only here: it is large, and hardly ever needed.
  const { startContainer } = await import('./container.ts');
  const { host, port, stop } = await startContainer({
    image: 'redis:8-alpine',
    port: 6379,
    environment: {},
    ready: { log: /Ready to accept connections/, times: 1 },
  });
  return { url: `redis://${host}:${port}`, stop };
}

function connects(port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = createConnection(port, '127.0.0.1', () => {
    socket.end();
    resolve();
  });
  socket.once('error', reject);
  return promise;
}
