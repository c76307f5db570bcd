/** The floors under a gathering: bare POSTs of the same bodies, and bare checks of as many signatures. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PublicKey } from '@revier/schema';
import { clock, medianMs } from '../rounds.ts';
import { type Crowd, expectNews } from './crowd.ts';

const BACKLOG = 4096;
const KEPT_MS = 72_000;
/** Until the other side's requests have all been read. */
export const QUIET_MS = 400;

/** H: the simulated nodes post the same bodies, with the same headers, to a server that only reads them. Milliseconds. */
export async function barePosts(crowd: Crowd): Promise<number> {
  const { url, close } = await bareServer((response) => response.writeHead(204).end());
  const post = async (): Promise<number> => {
    const { from, to } = expectNews(await crowd.order({ do: 'post', url }), 'sent');
    return to - from;
  };
  await post();
  const took = await post();
  await close();
  return took;
}

/** F: N polls that a bare server holds, and answers all at once with so many bytes. Milliseconds. */
export async function barePolls(crowd: Crowd, bytes: number): Promise<number> {
  const held: ServerResponse[] = [];
  const { url, close } = await bareServer((response) => held.push(response));
  const body = Buffer.alloc(bytes, 'a');
  const round = async (): Promise<number> => {
    expectNews(await crowd.order({ do: 'wait', url }), 'polling');
    await sleep(QUIET_MS);
    const from = clock();
    for (const response of held.splice(0)) response.end(body);
    return expectNews(await crowd.next(), 'tasks').at - from;
  };
  await round();
  const took = await round();
  await close();
  return took;
}

async function bareServer(onRequest: (response: ServerResponse) => void) {
  const server: Server = createServer((request, response) => {
    request.on('data', () => {});
    request.on('end', () => onRequest(response));
  });
  // As the broker keeps them: a busy machine may need longer than the usual five seconds between two rounds.
  server.keepAliveTimeout = KEPT_MS;
  server.listen({ host: '127.0.0.1', port: 0, backlog: BACKLOG });
  await once(server, 'listening');
  const { port }: AddressInfo = addressOf(server);
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The bare server has no port.');
  return address;
}

/** V: as many checks of one signed release header, on the thread pool. Milliseconds. */
export async function bareChecks(count: number, header: string, publicKey: PublicKey, rounds: number): Promise<number> {
  const dot = header.lastIndexOf('.');
  const [signed, signature] = [Buffer.from(header.slice(0, dot)), Buffer.from(header.slice(dot + 1), 'base64url')];
  const key = createPublicKey({ key: publicKey, format: 'jwk' });
  return medianMs(rounds, async () => {
    const checks = Array.from({ length: count }, () => check(signed, key, signature));
    if ((await Promise.all(checks)).includes(false)) throw new Error('A signature does not hold.');
  });
}

const check = (signed: Buffer, key: KeyObject, signature: Buffer): Promise<boolean> =>
  new Promise((resolve, reject) =>
    verify(null, signed, key, signature, (error, holds) => (error === null ? resolve(holds) : reject(error))),
  );
