/** Any server of a test, on a free port of the loopback, and its end. */
import { Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';

/** Resolves with its port. */
export function listening(server: Server): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address === null || typeof address === 'string') reject(new Error('The server has no port.'));
    else resolve(address.port);
  });
  return promise;
}

/** Whoever is still connected by HTTP is cut off. */
export function closed(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  if (server instanceof HttpServer) server.closeAllConnections();
  return promise;
}
