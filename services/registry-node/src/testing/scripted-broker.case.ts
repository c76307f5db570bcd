/** A broker for tests, over real HTTP with the schemas of the interface: honest where a test says nothing, and as evil as one says. */
import { randomUUID } from 'node:crypto';
import {
  decodeRelease,
  queryDigest,
  resolver,
  type Signer,
  type Trust,
  verifyAccess,
  verifyCatalogueDocument,
  verifyCompact,
} from '@revier/connector-sdk';
import { type CatalogueDocument, catalogueOf, contentHash, digest, documentStore } from '@revier/core';
import {
  AppError,
  builtInCodeLists,
  builtInModels,
  builtInStandards,
  type Catalogue,
  CatalogueVersion,
  type CompactJws,
  DocumentDelivery,
  DocumentView,
  Offer,
  OfferTaken,
  type ParticipantId,
  RELEASE_HEADER,
  Receipt,
  ReceiptDelivery,
  type ReleaseBody,
  ReleaseHeader,
  type SentTask,
  Sha256,
  type SignedQuery,
  type Task,
  TaskList,
  TaskQuery,
} from '@revier/schema';
import { closeGracefully, createHttp, type HttpApp, type Logger, listen, requestEnd } from '@revier/service-kit';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { addPost, type ScriptedPost } from './scripted-post.case.ts';
import { addStatuses, type ToldStatus } from './scripted-statuses.case.ts';
import { addTrust, type ScriptedTrust } from './scripted-trust.case.ts';

export interface Delivered {
  readonly header: ReleaseHeader;
  readonly jws: CompactJws;
  readonly bytes: Uint8Array;
  readonly body: ReleaseBody;
}

/** A task to be; `beside` is what travels with it instead of the query that it names. */
export type Given = Partial<Task> &
  Pick<Task, 'aud' | 'submissionId' | 'dataset'> & { readonly signedQuery: SignedQuery; readonly beside?: CompactJws };

export interface ScriptedBroker {
  readonly url: string;
  readonly port: number;
  /** Tasks as they were signed. */
  readonly given: Map<string, Task>;
  /** Everything that has arrived, by task. */
  readonly receipts: Map<string, Receipt[]>;
  readonly releases: Map<string, Delivered[]>;
  readonly offers: Map<string, Offer>;
  readonly statuses: ToldStatus[];
  /** What a hash is answered with: here a test swaps documents and bodies. */
  readonly documents: Map<string, CompactJws>;
  readonly bodies: Map<string, Uint8Array>;
  /** The catalogue of everything that was published. */
  catalogue(): Catalogue;
  /** Signs a task as the broker, unless told otherwise, and lays it out for its audience until something comes back. */
  give(task: Given, by?: Signer, to?: ParticipantId): Promise<string>;
  /** Lays out bytes as they are. */
  layOut(to: ParticipantId, sent: SentTask): void;
  /** Takes everything back that is laid out for a node. */
  forget(to: ParticipantId): void;
  /** Puts a document into the catalogue. */
  publish(jws: CompactJws): Promise<void>;
  readonly trust: ScriptedTrust;
  readonly post: ScriptedPost;
  /** While true, releases do not get through. */
  loseReleases: boolean;
  close(): Promise<void>;
}

export interface BrokerParts {
  readonly id: ParticipantId;
  readonly signer: Signer;
  readonly trust: Trust;
  readonly logger: Logger;
  readonly port?: number;
}

const HashParam = z.object({ hash: Sha256 });
const TaskParam = z.object({ taskId: z.uuid() });

export async function startScriptedBroker(parts: BrokerParts): Promise<ScriptedBroker> {
  const { id, signer, trust } = parts;
  const app = await createHttp({ name: 'scripted broker', logger: parts.logger, bodyLimit: 8_000_000 });
  app.addContentTypeParser('application/cbor', { parseAs: 'buffer' }, async (_: unknown, body: Buffer) => body);
  const laidOut: LaidOut = new Map();
  // What ships with Revier is known to everybody; nobody publishes it.
  const known = new Map<string, CatalogueDocument>(
    documentStore([...builtInModels, ...builtInCodeLists, ...builtInStandards]),
  );
  const catalogues = new Map<string, Catalogue>();
  const broker: Omit<ScriptedBroker, 'url' | 'port'> = {
    given: new Map(),
    receipts: new Map(),
    releases: new Map(),
    offers: new Map(),
    statuses: [],
    documents: new Map(),
    bodies: new Map(),
    trust: addTrust(app),
    post: addPost(app, (request) => nodeOf(request)),
    loseReleases: false,
    catalogue() {
      const catalogue = catalogueOf('test', 1, known.values());
      catalogues.set(contentHash(catalogue), catalogue);
      return catalogue;
    },
    async give({ signedQuery: { query, credential }, beside = query, ...task }, by = signer, to = task.aud) {
      const iat = Math.floor(Date.now() / 1000);
      const whole: Task = {
        taskId: randomUUID(),
        iss: id,
        realm: 'test',
        stage: 0,
        attempt: 1,
        evidence: [],
        query: queryDigest(query),
        credential,
        iat,
        exp: iat + 120,
        ...task,
      };
      broker.given.set(whole.taskId, whole);
      lay(to, whole.taskId, { task: await by.sign('revier-task+jws', whole), query: beside });
      return whole.taskId;
    },
    forget: (to) => void laidOut.delete(to),
    publish: (jws) => take(jws),
    layOut: (to, sent) => lay(to, randomUUID(), sent),
    close: () => closeGracefully(app, 100),
  };
  const take = async (jws: CompactJws): Promise<void> => {
    const { document, hash } = await verifyCatalogueDocument(jws, { trust, now: new Date() });
    broker.documents.set(hash, jws);
    known.set(hash, document);
  };
  const lay = (to: string, taskId: string, sent: SentTask) =>
    laidOut.set(to, [...(laidOut.get(to) ?? []), { taskId, sent, hiddenUntil: 0 }]);
  const settle = (taskId: string) => {
    for (const [to, tasks] of laidOut)
      laidOut.set(
        to,
        tasks.filter((task) => task.taskId !== taskId),
      );
  };
  const nodeOf = async (request: FastifyRequest): Promise<ParticipantId> => {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    return (await verifyAccess(token, { trust, audience: id, realm: 'test', now: new Date() })).participant.id;
  };
  addReads(app, broker, catalogues);
  addPublishing(app, { broker, take, nodeOf });
  addStatuses(app, { statuses: broker.statuses, nodeOf, trust });
  addTasks(app, { broker, laidOut, nodeOf, settle, trust });
  const url = await listen(app, { host: '127.0.0.1', port: parts.port ?? 0 });
  return Object.assign(broker, { url, port: Number(new URL(url).port) });
}

type State = Omit<ScriptedBroker, 'url' | 'port'>;
type NodeOf = (request: FastifyRequest) => Promise<ParticipantId>;

function addReads(app: HttpApp, broker: State, catalogues: Map<string, Catalogue>): void {
  app.get(
    '/v1/catalogue/:hash',
    { schema: { params: HashParam, response: { 200: CatalogueVersion } } },
    async ({ params }) => {
      const catalogue = catalogues.get(params.hash);
      if (catalogue === undefined) throw new AppError('NOT_FOUND');
      return { hash: params.hash, catalogue };
    },
  );
  app.get(
    '/v1/documents/:hash',
    { schema: { params: HashParam, response: { 200: DocumentView } } },
    async ({ params }) => {
      const document = broker.documents.get(params.hash);
      if (document === undefined) throw new AppError('NOT_FOUND');
      return { document };
    },
  );
}

interface Publishing {
  readonly broker: State;
  readonly take: (jws: CompactJws) => Promise<void>;
  readonly nodeOf: NodeOf;
}

function addPublishing(app: HttpApp, { broker, take, nodeOf }: Publishing): void {
  app.put(
    '/v1/node/documents',
    { bodyLimit: 8_000_000, schema: { body: DocumentDelivery } },
    async (request, reply) => {
      await nodeOf(request);
      for (const jws of request.body.documents) await take(jws);
      return reply.code(204).send();
    },
  );
  app.put(
    '/v1/node/offer',
    { bodyLimit: 8_000_000, schema: { body: Offer, response: { 200: OfferTaken } } },
    async (request) => {
      const holder = await nodeOf(request);
      await take(request.body.description);
      broker.offers.set(holder, request.body);
      return { catalogue: contentHash(broker.catalogue()) };
    },
  );
}

type LaidOut = Map<string, { readonly taskId: string; readonly sent: SentTask; hiddenUntil: number }[]>;

/** A task comes again when nothing has come back for so long. */
const AGAIN_MS = 500;

interface Tasks {
  readonly broker: State;
  readonly laidOut: LaidOut;
  readonly nodeOf: NodeOf;
  readonly settle: (taskId: string) => void;
  readonly trust: Trust;
}

function addTasks(app: HttpApp, { broker, laidOut, nodeOf, settle, trust }: Tasks): void {
  app.get('/v1/node/tasks', { schema: { querystring: TaskQuery, response: { 200: TaskList } } }, async (request) => {
    const holder = await nodeOf(request);
    const end = requestEnd(request);
    const until = Date.now() + request.query.wait * 1000;
    const due = () => (laidOut.get(holder) ?? []).filter(({ hiddenUntil }) => hiddenUntil <= Date.now());
    while (due().length === 0 && Date.now() < until && !end.aborted)
      await new Promise((resolve) => setTimeout(resolve, 10));
    if (due().length === 0 && request.server.closing.aborted) throw new AppError('NOT_READY');
    return {
      tasks: due().map((task) => {
        task.hiddenUntil = Date.now() + AGAIN_MS;
        return task.sent;
      }),
    };
  });
  app.get('/v1/node/bodies/:hash', { schema: { params: HashParam } }, async (request, reply) => {
    await nodeOf(request);
    const body = broker.bodies.get(request.params.hash);
    if (body === undefined) throw new AppError('NOT_FOUND');
    return reply.type('application/cbor').send(Buffer.from(body));
  });
  app.post(
    '/v1/node/tasks/:taskId/receipt',
    { schema: { params: TaskParam, body: ReceiptDelivery } },
    async (request, reply) => {
      const holder = await nodeOf(request);
      const { taskId } = request.params;
      const receipt = await verifyCompact(
        request.body.receipt,
        'revier-receipt+jws',
        Receipt,
        resolver(trust, { participant: holder }),
      );
      broker.receipts.set(taskId, [...(broker.receipts.get(taskId) ?? []), receipt]);
      if (receipt.decision === 'refused') settle(taskId);
      return reply.code(204).send();
    },
  );
  app.put(
    '/v1/node/tasks/:taskId/release',
    { bodyLimit: 64_000_000, schema: { params: TaskParam } },
    async (request, reply) => {
      const holder = await nodeOf(request);
      if (broker.loseReleases) throw new AppError('NOT_READY');
      const { taskId } = request.params;
      const jws = String(request.headers[RELEASE_HEADER.toLowerCase()]);
      const header = await verifyCompact(
        jws,
        'revier-release+jws',
        ReleaseHeader,
        resolver(trust, { participant: holder }),
      );
      const bytes = z.instanceof(Buffer).parse(request.body);
      const body = decodeRelease(bytes, { bytes: header.bytes, sha256: header.body });
      broker.bodies.set(digest(bytes), bytes);
      broker.releases.set(taskId, [...(broker.releases.get(taskId) ?? []), { header, jws, bytes, body }]);
      settle(taskId);
      return reply.code(204).send();
    },
  );
}
