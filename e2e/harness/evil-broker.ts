/** An evil broker: stands between a node and the real one with the real one's key, and says to the node whatever it likes. */
import type { IncomingMessage } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { createSigner, type Signer } from '@revier/connector-sdk';
import { type CompactJws, type SentTask, TaskList } from '@revier/schema';
import { forward, type Reply, replyWith, startProxy } from './proxy.ts';
import { until } from './until.ts';

/** What a node has sent for a task. */
export type Sent =
  | { readonly kind: 'receipt'; readonly taskId: string; readonly receipt: CompactJws }
  | { readonly kind: 'release'; readonly taskId: string; readonly header: CompactJws; readonly body: Buffer }
  | { readonly kind: 'opening'; readonly taskId: string; readonly opening: CompactJws };

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
const MESSAGE = /^\/v1\/node\/tasks\/([^/]+)\/(receipt|release|opening)$/;
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

  const poll = async ({ socket }: IncomingMessage): Promise<Reply> => {
    const end = Date.now() + LONGEST_POLL_MS;
    while (offered.length === 0 && Date.now() < end && !socket.destroyed) await setTimeout(PAUSE_MS);
    // A poll of a node that has ended meanwhile gets nothing: its successor is to have it.
    const tasks = socket.destroyed ? [] : offered.splice(0);
    return replyWith(200, 'application/json; charset=utf-8', JSON.stringify({ tasks }));
  };
  const keepTasks = async (incoming: IncomingMessage): Promise<void> => {
    const { status, body } = await forward(target, incoming, Buffer.alloc(0));
    if (status === 200) kept.push(...TaskList.parse(JSON.parse(body.toString())).tasks);
  };
  const proxy = await startProxy(async (incoming, body) => {
    const path = incoming.url ?? '/';
    const lie = evil.lie?.(path);
    if (lie !== undefined) return replyWith(200, lie.type, lie.body);
    const message = MESSAGE.exec(path);
    if (over && TASKS.test(path)) {
      void keepTasks(incoming).catch(() => undefined);
      return poll(incoming);
    }
    if (over && message !== null) {
      sent.push(sentOf(message, incoming, body));
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    return forward(target, incoming, body, TASKS.test(path) ? before.signal : undefined);
  });
  return Object.assign(evil, {
    ...proxy,
    signer: await createSigner(privateKey),
    takeOver: () => {
      over = true;
      before.abort();
    },
    kept: () => kept,
    offer: (...tasks: readonly SentTask[]) => void offered.push(...tasks),
    taken: async () => void (await until('the node takes what is offered', async () => offered.length === 0)),
    sent: () => sent,
  });
}

function sentOf([, taskId = '', kind]: RegExpExecArray, { headers }: IncomingMessage, body: Buffer): Sent {
  if (kind === 'receipt') return { kind, taskId, receipt: String(JSON.parse(body.toString()).receipt) };
  if (kind === 'opening') return { kind, taskId, opening: String(JSON.parse(body.toString()).opening) };
  return { kind: 'release', taskId, header: String(headers['revier-release']), body };
}
