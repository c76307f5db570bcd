/** A proxy on the loopback that a test puts its own words into: each request is answered as it likes, or as the real server does. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { closed, listening } from '@revier/testkit';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface LoopbackProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** Where `answer` rejects, the connection breaks. */
export async function startProxy(
  answer: (incoming: IncomingMessage, body: Buffer) => Promise<Reply>,
): Promise<LoopbackProxy> {
  const server = createServer((incoming, outgoing) => {
    buffer(incoming)
      .then((body) => answer(incoming, body))
      .then(({ status, headers, body }) => outgoing.writeHead(status, headers).end(body))
      .catch(() => outgoing.destroy());
  });
  const port = await listening(server);
  return { url: `http://127.0.0.1:${port}`, close: () => closed(server) };
}

/** What the server at this port of the loopback says to the same request. */
export function forward(
  port: number,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  signal?: AbortSignal,
): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  request({ host: '127.0.0.1', port, method, path: url, headers, signal }, (answer) => {
    buffer(answer).then(
      (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }),
      reject,
    );
  })
    .on('error', reject)
    .end(body);
  return promise;
}

export const replyWith = (status: number, type: string, body: string | Uint8Array): Reply => ({
  status,
  headers: { 'content-type': type },
  body: Buffer.from(body),
});
