/** A line between two processes that a test can cut, silence and mend. */
import { createConnection, createServer, type Socket } from 'node:net';
import { closed, listening } from '@revier/testkit';

export interface Line {
  readonly port: number;
  /** Every connection breaks, and new ones are refused with a reset. */
  cut(): void;
  /** New connections are accepted and never answered; those that are open hear nothing any more. */
  silence(): void;
  mend(): void;
  /** Connections that were opened since the start. */
  opened(): number;
  close(): Promise<void>;
}

/** A TCP proxy on the loopback. */
export async function lineTo(target: number): Promise<Line> {
  let state: 'open' | 'cut' | 'silent' = 'open';
  let opened = 0;
  const sockets = new Set<Socket>();
  const hold = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    opened++;
    hold(near);
    if (state === 'cut') near.resetAndDestroy();
    if (state !== 'open') return;
    const far = createConnection(target, '127.0.0.1');
    hold(far);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => state === 'open' && to.write(bytes));
      from.on('close', () => state === 'open' && to.destroy());
    }
  });
  const port = await listening(server);
  const dropAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port,
    opened: () => opened,
    cut() {
      state = 'cut';
      dropAll();
    },
    silence() {
      state = 'silent';
    },
    mend() {
      // What was silent has lost its other half: like a router that forgot its connections, it says so when asked.
      dropAll();
      state = 'open';
    },
    async close() {
      dropAll();
      await closed(server);
    },
  };
}
