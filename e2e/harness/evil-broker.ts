/** An evil broker: stands between a node and the real one with the real one's key, and says to the node whatever it likes. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createSigner, type Signer } from '@revier/connector-sdk';
import { type CompactJws, type SentTask, TaskList } from '@revier/schema';
import { until } from './until.ts';

/** What a node has sent for a task. */
export type Sent =
  | { readonly kind: 'receipt'; readonly taskId: string; readonly receipt: CompactJws }
  | { readonly kind: 'release'; readonly taskId: string; readonly header: CompactJws; readonly body: Buffer };

export interface EvilBroker {
  readonly url: string;
  /** The broker's own: it signs what it likes with it. */
  readonly signer: Signer;
  /** From now on tasks for the node are kept here and never reach it, and what it sends goes no further. */
  takeOver(): void;
  /** Tasks that the real broker had for the node, since the take-over. */
  kept(): readonly SentTask[];
  /** Hands the node these tasks at its next poll. */
  offer(...tasks: readonly SentTask[]): void;
  /** Resolves when the node has got what was offered. */
  taken(): Promise<void>;
  sent(): readonly Sent[];
  /** Answers a path in place of the real broker, while it gives something. */
  lie: ((path: string) => Lie | undefined) | undefined;
  close(): Promise<void>;
}

export interface Lie {
  readonly type: string;
  readonly body: string | Uint8Array;
}

const TASKS = /^\/v1\/node\/tasks(\?|$)/;
const MESSAGE = /^\/v1\/node\/tasks\/([^/]+)\/(receipt|release)$/;
/** A node polls again at once. */
const PAUSE_MS = 20;
const LONGEST_POLL_MS = 2_000;

/** @param target port of the real broker */
export async function startEvilBroker(target: number, privateKey: unknown): Promise<EvilBroker> {
  const [kept, sent, offered]: [SentTask[], Sent[], SentTask[]] = [[], [], []];
  let over = false;
  // A poll that waits at the real broker would still bring a genuine task.
  const before = new AbortController();
  const evil: Pick<EvilBroker, 'lie'> = { lie: undefined };

  const poll = async (reply: ServerResponse): Promise<void> => {
    const end = Date.now() + LONGEST_POLL_MS;
    while (offered.length === 0 && Date.now() < end) await pause();
    json(reply, { tasks: offered.splice(0) });
  };
  const keepTasks = async (incoming: IncomingMessage): Promise<void> => {
    const { status, body } = await forward(target, incoming, Buffer.alloc(0));
    if (status === 200) kept.push(...TaskList.parse(JSON.parse(body.toString())).tasks);
  };
  const server = createServer((incoming, reply) => {
    void (async () => {
      const path = incoming.url ?? '/';
      const lie = evil.lie?.(path);
      if (lie !== undefined) return void reply.writeHead(200, { 'content-type': lie.type }).end(lie.body);
      const body = await bytesOf(incoming);
      const message = MESSAGE.exec(path);
      if (over && TASKS.test(path)) {
        void keepTasks(incoming).catch(() => undefined);
        return poll(reply);
      }
      if (over && message !== null) {
        sent.push(sentOf(message, incoming, body));
        return void reply.writeHead(204).end();
      }
      const answer = await forward(target, incoming, body, before.signal);
      reply.writeHead(answer.status, answer.headers).end(answer.body);
    })().catch(() => reply.destroy());
  });
  const port = await listening(server);
  return Object.assign(evil, {
    url: `http://127.0.0.1:${port}`,
    signer: await createSigner(privateKey),
    takeOver: () => {
      over = true;
      before.abort();
    },
    kept: () => kept,
    offer: (...tasks: readonly SentTask[]) => void offered.push(...tasks),
    taken: async () => void (await until('the node takes what is offered', async () => offered.length === 0)),
    sent: () => sent,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((closed) => void server.close(() => closed()));
    },
  });
}

function sentOf([, taskId = '', kind]: RegExpExecArray, { headers }: IncomingMessage, body: Buffer): Sent {
  if (kind === 'receipt') return { kind, taskId, receipt: String(JSON.parse(body.toString()).receipt) };
  return { kind: 'release', taskId, header: String(headers['revier-release']), body };
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

function forward(port: number, { method, url, headers }: IncomingMessage, body: Buffer, before?: AbortSignal) {
  const { promise, resolve, reject } = Promise.withResolvers<{
    readonly status: number;
    readonly headers: IncomingMessage['headers'];
    readonly body: Buffer;
  }>();
  const signal = TASKS.test(url ?? '') ? before : undefined;
  request({ host: '127.0.0.1', port, method, path: url, headers, signal }, (answer) => {
    bytesOf(answer).then(
      (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }),
      reject,
    );
  })
    .on('error', reject)
    .end(body);
  return promise;
}

const json = (reply: ServerResponse, value: unknown): void =>
  void reply.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));

const pause = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, PAUSE_MS));

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The evil broker has no port.');
  return address.port;
}
