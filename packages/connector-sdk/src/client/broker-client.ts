/** The node's side of the broker: tasks come by long poll, receipts, releases, offers and documents go out. */
import { digest } from '@revier/core';
import {
  AppError,
  CheckpointList,
  type CheckpointStep,
  CheckpointSteps,
  type CompactJws,
  type CosignatureDelivery,
  CosignatureList,
  type DocumentDelivery,
  type GeneralJws,
  LONGEST_WAIT,
  type Offer,
  OfferTaken,
  type OpeningDelivery,
  RELEASE_HEADER,
  type ReceiptDelivery,
  type SentTask,
  type Sha256,
  type StatusDelivery,
  TaskList,
  type TrustView,
} from '@revier/schema';
import { createInner, type Http, type HttpOptions, jsonOf } from './inner.ts';
import { type LetterCalls, letterCalls } from './letter-calls.ts';
import { type PublicReads, publicReads } from './public-reads.ts';
import { bearerOf, type Identity } from './token-keeper.ts';

export interface BrokerClientOptions extends Omit<HttpOptions, 'authorize'> {
  readonly identity: Identity;
  readonly clock?: () => Date;
}

/** Every call throws ProblemError (the broker says no) or ConnectionError (no broker). */
export interface BrokerClient extends PublicReads, LetterCalls {
  /** Waits up to `waitSeconds` for tasks; the same task comes again until its receipt has arrived. Unverified. */
  pollTasks(waitSeconds: number, signal?: AbortSignal): Promise<readonly SentTask[]>;
  /** The body of a release that travels as evidence; the hash is checked. */
  fetchBody(hash: Sha256, signal?: AbortSignal): Promise<Uint8Array>;
  sendReceipt(taskId: string, receipt: CompactJws, signal?: AbortSignal): Promise<void>;
  /** `header` is `revier-release+jws`, `body` the CBOR that it is signed for. */
  sendRelease(taskId: string, header: CompactJws, body: Uint8Array, signal?: AbortSignal): Promise<void>;
  /** `revier-opening+jws`, of a secure sum. */
  sendOpening(taskId: string, opening: CompactJws, signal?: AbortSignal): Promise<void>;
  /** Returns the catalogue version in which the dataset now stands. */
  publish(description: CompactJws, agreements: readonly GeneralJws[], signal?: AbortSignal): Promise<Sha256>;
  publishDocuments(documents: readonly CompactJws[], signal?: AbortSignal): Promise<void>;
  /** Whoever has a newer trust list, or a timestamp, brings it. */
  sendTrust(view: TrustView, signal?: AbortSignal): Promise<void>;
  /** How far every log of the data space has come, as far as the broker has been told. */
  logs(signal?: AbortSignal): Promise<CheckpointList>;
  /** A new checkpoint of one's own log, with the proof that it goes on from the one that the broker has. */
  publishCheckpoint(step: CheckpointStep, signal?: AbortSignal): Promise<void>;
  /** Steps of another log after a size; the newest alone when it was never seen. Unverified. */
  checkpointSteps(origin: string, after?: number, signal?: AbortSignal): Promise<readonly CheckpointStep[]>;
  publishCosignature(cosignature: CosignatureDelivery, signal?: AbortSignal): Promise<void>;
  /** What others say of one's own log. Unverified. */
  cosignatures(signal?: AbortSignal): Promise<CosignatureList['cosignatures']>;
  /** How agreements stand: statements that the holder has signed, 200 at most. */
  sendStatuses(statuses: readonly CompactJws[], signal?: AbortSignal): Promise<void>;
  /** Hands in a signed withdrawal. */
  withdraw(withdrawal: CompactJws, signal?: AbortSignal): Promise<void>;
}

export function createBrokerClient({ identity, clock, ...options }: BrokerClientOptions): BrokerClient {
  const open = createInner(options);
  const http = createInner({ ...options, authorize: bearerOf(identity, clock ?? (() => new Date())) });
  return {
    ...publicReads(open),
    ...logCalls(http),
    ...letterCalls(http),
    async pollTasks(waitSeconds, signal) {
      const wait = Math.min(LONGEST_WAIT, Math.max(0, Math.floor(waitSeconds)));
      return jsonOf(TaskList, await http({ path: `/v1/node/tasks?wait=${wait}`, wait, signal })).tasks;
    },
    async fetchBody(hash, signal) {
      const headers = { accept: 'application/cbor' };
      const { body } = await http({ path: `/v1/node/bodies/${hash}`, headers, signal });
      if (digest(body) !== hash) throw new AppError('SIGNATURE_INVALID', { detail: 'The body has another hash.' });
      return body;
    },
    async sendReceipt(taskId, receipt, signal) {
      const json: ReceiptDelivery = { receipt };
      await http({ method: 'POST', path: `${taskPath(taskId)}/receipt`, json, signal });
    },
    async sendRelease(taskId, header, body, signal) {
      const path = `${taskPath(taskId)}/release`;
      await http({ method: 'PUT', path, headers: { [RELEASE_HEADER]: header }, bytes: plainBytes(body), signal });
    },
    async sendOpening(taskId, opening, signal) {
      const json: OpeningDelivery = { opening };
      await http({ method: 'POST', path: `${taskPath(taskId)}/opening`, json, signal });
    },
    async publish(description, agreements, signal) {
      const json: Offer = { description, agreements: [...agreements] };
      return jsonOf(OfferTaken, await http({ method: 'PUT', path: '/v1/node/offer', json, signal })).catalogue;
    },
    async publishDocuments(documents, signal) {
      const json: DocumentDelivery = { documents: [...documents] };
      await http({ method: 'PUT', path: '/v1/node/documents', json, signal });
    },
    async withdraw(withdrawal, signal) {
      await http({ method: 'PUT', path: '/v1/node/withdrawal', json: { withdrawal }, signal });
    },
    async sendStatuses(statuses, signal) {
      const json: StatusDelivery = { statuses: [...statuses] };
      await http({ method: 'PUT', path: '/v1/node/statuses', json, signal });
    },
    async sendTrust(json, signal) {
      await open({ method: 'PUT', path: '/v1/trust', json, signal });
    },
  };
}

type LogCalls = Pick<
  BrokerClient,
  'logs' | 'publishCheckpoint' | 'checkpointSteps' | 'publishCosignature' | 'cosignatures'
>;

const logCalls = (http: Http): LogCalls => ({
  logs: async (signal) => jsonOf(CheckpointList, await http({ path: '/v1/node/checkpoints', signal })),
  async publishCheckpoint(json, signal) {
    await http({ method: 'PUT', path: '/v1/node/checkpoint', json, signal });
  },
  async checkpointSteps(origin, after, signal) {
    const query = new URLSearchParams({ origin, ...(after === undefined ? {} : { after: String(after) }) });
    return jsonOf(CheckpointSteps, await http({ path: `/v1/node/checkpoints/steps?${query}`, signal })).steps;
  },
  async publishCosignature(json, signal) {
    await http({ method: 'PUT', path: '/v1/node/cosignature', json, signal });
  },
  cosignatures: async (signal) =>
    jsonOf(CosignatureList, await http({ path: '/v1/node/cosignatures', signal })).cosignatures,
});

const taskPath = (taskId: string): string => `/v1/node/tasks/${encodeURIComponent(taskId)}`;

/** fetch takes no bytes over shared memory; copied only where they might be. */
const plainBytes = ({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array<ArrayBuffer> =>
  buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer, byteOffset, byteLength)
    : Uint8Array.from(new Uint8Array(buffer, byteOffset, byteLength));
