/** An evil node: it has a holder's own key, gets its tasks from the real broker, and says to it whatever it likes. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  accessToken,
  type BrokerClient,
  createBrokerClient,
  createSigner,
  encodeRelease,
  loadVocabulary,
  openTrustList,
  type Signer,
} from '@revier/connector-sdk';
import { digest, type PlanTask, planQuestion, unverified } from '@revier/core';
import { folders } from '@revier/laptop';
import { Envelope, ReleaseHeader, Task } from '@revier/schema';
import { cellsOf, writtenRelease } from '@revier/testkit';
import type { Federation } from './federation.ts';
import { idOf, type Slug } from './members.ts';

/** In every cell of an honest release; its bytes are easily found. */
export const HONEST = 123_456;

export interface Opened {
  readonly task: Task;
  readonly header: ReleaseHeader;
  readonly body: Uint8Array;
}

export interface EvilNode {
  readonly id: string;
  readonly signer: Signer;
  readonly client: BrokerClient;
  /** The next task, with a release that the broker would take. */
  next(): Promise<Opened>;
  /** Undefined when the broker takes it. */
  send(opened: Opened, over?: Partial<ReleaseHeader>, by?: Signer): Promise<string | undefined>;
  /** By hand: any header, any bytes. */
  put(path: string, header: string, body: Uint8Array<ArrayBuffer>): Promise<number>;
}

export async function evilNode(federation: Federation, slug: Slug): Promise<EvilNode> {
  const id = idOf(slug);
  const { profile, brokerUrl } = federation;
  const key: unknown = JSON.parse(await readFile(join(folders(federation.folder).node(slug), 'key.jwk'), 'utf8'));
  const signer = await createSigner(key);
  const aud = profile.brokerId;
  const client = createBrokerClient({ baseUrl: brokerUrl, identity: { signer, iss: id, aud, realm: 'test' } });
  return {
    ...{ id, signer, client },
    async next() {
      const [sent] = await client.pollTasks(20);
      if (sent === undefined) throw new Error('No task has come.');
      const task = Task.parse(unverified(sent.task));
      return opened(federation, client, task, Envelope.parse(unverified(sent.query)));
    },
    async send({ task, header, body }, over = {}, by = signer) {
      const jws = await by.sign('revier-release+jws', { ...header, ...over });
      return client.sendRelease(task.taskId, jws, body).then(
        () => undefined,
        (error: unknown) => String(Object(error).code ?? error),
      );
    },
    async put(path, header, body) {
      const token = await accessToken({ signer, iss: id, aud, realm: 'test', now: new Date() });
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/cbor',
        'revier-release': header,
      };
      return (await fetch(`${brokerUrl}${path}`, { method: 'PUT', headers, body })).status;
    },
  };
}

async function opened(
  { profile }: Federation,
  client: BrokerClient,
  task: Task,
  { question, catalogue, agreements }: Envelope,
): Promise<Opened> {
  const { pinnedSigners } = profile;
  const list = await client.trustList();
  const trust = await openTrustList(list, { pinnedSigners, realm: 'test', now: new Date() });
  const vocabulary = await loadVocabulary(client, { trust, hash: catalogue, now: new Date() });
  const plan = planQuestion(question, vocabulary);
  const planned = plan.tasks.find(({ dataset }) => dataset.id === task.dataset);
  if (planned === undefined) throw new Error('The task is not in the plan.');
  const body = encodeRelease(writtenRelease(planned, cellsOf(planned, vocabulary), () => HONEST));
  const agreement = await agreementFor(client, question.register, { task, agreements });
  return { task, body, header: headerOf(task, planned, { questionHash: plan.questionHash, agreement, body }) };
}

async function agreementFor(
  client: BrokerClient,
  register: string,
  { task, agreements }: { readonly task: Task; readonly agreements: readonly string[] },
): Promise<string> {
  const registers = await client.registers();
  const mine = registers
    .find(({ id }) => id === register)
    ?.agreements.find(
      ({ hash, agreement }) => agreements.includes(hash) && Object(unverified(agreement)).target === task.dataset,
    );
  if (mine === undefined) throw new Error('There is no agreement.');
  return mine.hash;
}

function headerOf(
  task: Task,
  { dataset, tableHash }: PlanTask,
  made: { readonly questionHash: string; readonly agreement: string; readonly body: Uint8Array },
): ReleaseHeader {
  return ReleaseHeader.parse({
    ...{ taskId: task.taskId, submissionId: task.submissionId, questionHash: made.questionHash },
    ...{ iss: task.aud, aud: task.iss, realm: 'test', synthetic: dataset.synthetic, dataset: dataset.id },
    ...{ epoch: dataset.epoch, asOf: dataset.asOf, agreement: made.agreement, table: tableHash, mode: dataset.mode },
    ...{ body: digest(made.body), bytes: made.body.length, iat: Math.floor(Date.now() / 1000) },
  });
}

/** The same body with other bits in place of every honest figure, and the header that goes with it. */
export function withFigures(opened: Opened, figure: number, bits: bigint = bitsOf(figure)): Opened {
  const body = Uint8Array.from(opened.body);
  const bytes = Buffer.from(body.buffer);
  const honest = Buffer.alloc(8);
  honest.writeDoubleLE(HONEST);
  for (let at = bytes.indexOf(honest); at >= 0; at = bytes.indexOf(honest, at + 8)) bytes.writeBigUInt64LE(bits, at);
  return withBody(opened, body);
}

export const withBody = ({ task, header }: Opened, body: Uint8Array): Opened => ({
  task,
  body,
  header: { ...header, body: digest(body), bytes: body.length },
});

function bitsOf(figure: number): bigint {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(figure);
  return bytes.readBigUInt64LE();
}
