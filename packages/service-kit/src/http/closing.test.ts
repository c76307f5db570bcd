/** Closing the door: nobody who has not asked for anything keeps a service from ending. */
import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { createLogger } from '../logging.ts';
import { closeGracefully, listen } from './closing.ts';
import { createHttp } from './create-http.ts';

it('ends at once although a client holds a connection that it never used', async () => {
  const app = await createHttp({ name: 'door', logger: createLogger({ name: 'door', level: 'silent' }) });
  const { port } = new URL(await listen(app, { host: '127.0.0.1', port: 0 }));
  const socket = await new Promise<Socket>((resolve) => {
    const made = connect(Number(port), '127.0.0.1', () => resolve(made));
  });
  const cut = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => setImmediate(resolve));
  const graceMs = 30_000;
  await closeGracefully(app, graceMs);
  await cut;
  expect(socket.destroyed).toBe(true);
}, 5_000);
