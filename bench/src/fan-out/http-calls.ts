/** The cheapest client that Node has: connections are kept, and nothing is done that nobody asked for. */
import { Agent, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface Sent {
  /** The request has left. */
  readonly written: Promise<void>;
  /** Rejects for anything but success. */
  readonly reply: Promise<{ readonly body: Buffer }>;
}

/** Each node keeps its connection. */
const unbounded = Number.POSITIVE_INFINITY;
const agent = new Agent({ keepAlive: true, maxSockets: unbounded, maxFreeSockets: unbounded });

export function send({ method = 'GET', url, headers = {}, body }: Call): Sent {
  const written = Promise.withResolvers<void>();
  const reply = Promise.withResolvers<{ readonly body: Buffer }>();
  const length = body === undefined ? {} : { 'content-length': String(body.length) };
  const outgoing = request(url, { method, agent, headers: { ...headers, ...length } });
  outgoing.on('finish', () => written.resolve());
  outgoing.on('error', reply.reject);
  outgoing.on('response', (response) => take(response).then(reply.resolve, reply.reject));
  outgoing.end(body);
  return { written: written.promise, reply: reply.promise };
}

async function take(response: IncomingMessage): Promise<{ readonly body: Buffer }> {
  const body = await buffer(response);
  const status = response.statusCode ?? 0;
  if (status >= 300) throw new Error(`Status ${status}: ${body.toString('utf8').slice(0, 500)}`);
  return { body };
}
