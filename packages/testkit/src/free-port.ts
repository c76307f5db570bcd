/** A loopback port that nobody uses at the moment. */
import { createServer } from 'node:net';
import { closed, listening } from './listening.ts';

export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await closed(server);
  return port;
}
