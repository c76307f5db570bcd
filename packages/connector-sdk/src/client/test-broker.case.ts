/** A real HTTP server on loopback for tests of the clients; each test says what it answers. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ProblemCode, problemOf } from '@revier/schema';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface Given {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
}

/** Answers a request; `closed` is aborted when the client goes away. */
export type Answering = (request: Received, closed: AbortSignal) => Given | Promise<Given>;

export interface TestBroker {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  answering: Answering;
  close(): Promise<void>;
}

export const problem = (code: ProblemCode, headers: Record<string, string> = {}): Given => {
  const json = problemOf(code);
  return { status: json.status, headers: { 'content-type': 'application/problem+json', ...headers }, json };
};

export async function startTestBroker(answering: Answering, port = 0): Promise<TestBroker> {
  const server = createServer((request, response) => {
    const closed = new AbortController();
    response.on('close', () => closed.abort());
    respond(request, closed.signal).then(
      ({ status = 200, headers, json, body }) => {
        const given = json === undefined ? body : JSON.stringify(json);
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(given);
      },
      () => response.destroy(),
    );
  });
  async function respond(request: IncomingMessage, closed: AbortSignal): Promise<Given> {
    const body = Buffer.concat(await request.toArray());
    const received = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
    broker.received.push(received);
    return broker.answering(received, closed);
  }
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: taken } = server.address() as AddressInfo; // a TCP server that listens has such an address
  const broker: TestBroker = {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    received: [],
    answering,
    close: () => closeServer(server),
  };
  return broker;
}

function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  return closed;
}
