/** The process of the simulated nodes: all of their long polls and releases, with real tokens and real signatures. */
import { accessToken, createSigner, type Signer } from '@revier/connector-sdk';
import { digest, unverified } from '@revier/core';
import { RELEASE_HEADER, TaskList } from '@revier/schema';
import { clock } from '../rounds.ts';
import { type CrowdNode, type News, Order } from './crowd-words.ts';
import { type Call, send } from './http-calls.ts';

interface Node extends Omit<CrowdNode, 'body'> {
  readonly signer: Signer;
  readonly token: string;
  readonly body: Buffer;
}

interface Ready {
  readonly node: Node;
  readonly taskId: string;
  readonly header: string;
}

let nodes: readonly Node[] = [];
let common: Readonly<Record<string, unknown>> = {};
let ready: readonly Ready[] = [];

const tell = (news: News): void => void process.send?.(news);

async function gather(order: Extract<Order, { do: 'gather' }>): Promise<void> {
  common = order.common;
  nodes = await Promise.all(
    order.nodes.map(async (node) => {
      const signer = await createSigner(node.privateKey);
      const token = await accessToken({ signer, iss: node.id, aud: order.broker, realm: 'test', now: new Date() });
      return { ...node, signer, token, body: Buffer.from(node.body, 'base64') };
    }),
  );
  tell({ is: 'gathered' });
}

async function poll(url: string): Promise<void> {
  const polls = nodes.map(({ token }) => send({ url: `${url}/v1/node/tasks?wait=60`, headers: bearer(token) }));
  await Promise.all(polls.map(({ written }) => written));
  tell({ is: 'polling' });
  const replies = await Promise.all(polls.map(({ reply }) => reply));
  const at = clock();
  ready = await Promise.all(replies.map(({ body }, place) => prepare(nodes[place], body)));
  const bytes = replies.reduce((sum, { body }) => sum + body.length, 0);
  tell({ is: 'tasks', at, bytes, header: ready[0]?.header ?? '' });
}

/** Signed before the gathering is timed: how long a node needs is not the broker's affair. */
async function prepare(node: Node | undefined, reply: Buffer): Promise<Ready> {
  const [sent] = TaskList.parse(JSON.parse(reply.toString('utf8'))).tasks;
  if (node === undefined || sent === undefined) throw new Error('A node has got no task.');
  const { taskId, submissionId } = Object(unverified(sent.task));
  const header = await node.signer.sign('revier-release+jws', {
    ...common,
    ...{ taskId, submissionId, iss: node.id, dataset: node.dataset, agreement: node.agreement },
    body: digest(node.body),
    bytes: node.body.length,
    iat: Math.floor(Date.now() / 1000),
  });
  return { node, taskId, header };
}

const release =
  (url: string) =>
  ({ node: { token, body }, taskId, header }: Ready): Call => ({
    method: 'PUT',
    url: `${url}/v1/node/tasks/${taskId}/release`,
    headers: { ...bearer(token), 'content-type': 'application/cbor', [RELEASE_HEADER]: header },
    body,
  });

async function timed(calls: readonly Call[]): Promise<void> {
  const from = clock();
  await Promise.all(calls.map((call) => send(call).reply));
  tell({ is: 'sent', from, to: clock() });
}

/** Answered by a bare server, when it likes to. */
async function wait(url: string): Promise<void> {
  const polls = nodes.map(() => send({ url }));
  await Promise.all(polls.map(({ written }) => written));
  tell({ is: 'polling' });
  const replies = await Promise.all(polls.map(({ reply }) => reply));
  const at = clock();
  tell({ is: 'tasks', at, bytes: replies.reduce((sum, { body }) => sum + body.length, 0), header: '' });
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function obey(order: Order): Promise<void> {
  switch (order.do) {
    case 'gather':
      return gather(order);
    case 'poll':
      return poll(order.url);
    case 'send':
      return timed(ready.map(release(order.url)));
    case 'post':
      return timed(ready.map(release(order.url)).map((call): Call => ({ ...call, method: 'POST' })));
    case 'wait':
      return wait(order.url);
  }
}

process.on('message', (message) => {
  obey(Order.parse(message)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
});
process.on('disconnect', () => process.exit(0));
