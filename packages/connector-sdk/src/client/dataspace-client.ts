/** A person's side of the data space: what there is, asking, and what came of it. */
import {
  Answer,
  type AnswerFormat,
  AnswerProof,
  answerMediaTypes,
  DryRunResult,
  Me,
  QueryList,
  QueryState,
  type SignedQuery,
} from '@revier/schema';
import { ConnectionError } from './errors.ts';
import { createInner, type HttpOptions, jsonOf, textOf } from './inner.ts';
import { type PublicReads, publicReads } from './public-reads.ts';

/** `authorize` is for reading answers; the catalogue needs none, and a signed query speaks for itself. */
export type DataspaceClientOptions = HttpOptions;

export interface SubmitOptions {
  /** Seconds to wait for the answer; without it, the state comes back at once. */
  readonly waitSeconds?: number;
  /** Makes a repetition of this very request harmless. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export type OtherFormat = Exclude<AnswerFormat, 'json' | 'proof'>;

export type Submitted =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'state'; readonly state: QueryState };

export type SubmittedForProof =
  | { readonly kind: 'proof'; readonly proof: AnswerProof }
  | { readonly kind: 'state'; readonly state: QueryState };

export type SubmittedDryRun =
  | { readonly kind: 'result'; readonly result: DryRunResult }
  | { readonly kind: 'state'; readonly state: QueryState };

/** Every call throws ProblemError (the data space says no) or ConnectionError (no data space). */
export interface DataspaceClient extends PublicReads {
  submit(query: SignedQuery, options?: SubmitOptions): Promise<Submitted>;
  /** The answer together with what it can be checked by. */
  submitForProof(query: SignedQuery, options?: SubmitOptions): Promise<SubmittedForProof>;
  /** Of a query that is signed as a dry run: nothing is executed, and nothing charged. */
  submitDryRun(query: SignedQuery, options?: SubmitOptions): Promise<SubmittedDryRun>;
  /** ProblemError NOT_FOUND until there is one. */
  dryRun(queryId: string, signal?: AbortSignal): Promise<DryRunResult>;
  /** Whom the broker takes the caller for. */
  me(signal?: AbortSignal): Promise<Me>;
  /** One page of one's own queries, newest first. */
  queries(cursor?: string, signal?: AbortSignal): Promise<QueryList>;
  cancel(queryId: string, signal?: AbortSignal): Promise<void>;
  queryState(queryId: string, signal?: AbortSignal): Promise<QueryState>;
  /** ProblemError NOT_FOUND until there is one. */
  answer(queryId: string, signal?: AbortSignal): Promise<Answer>;
  /** The same together with what it can be checked by. */
  proof(queryId: string, signal?: AbortSignal): Promise<AnswerProof>;
  /** The same in a format for other programs, as text. */
  answerAs(queryId: string, format: OtherFormat, signal?: AbortSignal): Promise<string>;
}

export function createDataspaceClient({ authorize, ...options }: DataspaceClientOptions): DataspaceClient {
  const open = createInner(options);
  const http = authorize === undefined ? open : createInner({ ...options, authorize });
  const queryPath = (queryId: string) => `/v1/queries/${encodeURIComponent(queryId)}`;
  const post = (
    query: SignedQuery,
    accept: string,
    { waitSeconds: wait = 0, idempotencyKey, signal }: SubmitOptions,
  ) => {
    const headers: Record<string, string> = { accept };
    if (wait > 0) headers.prefer = `wait=${Math.floor(wait)}`;
    if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
    return open({ method: 'POST', path: '/v1/queries', headers, json: query, wait, signal });
  };
  return {
    ...publicReads(open),
    async submit(query, options = {}) {
      const reply = await post(query, answerMediaTypes.json, options);
      if (reply.status === 202) return { kind: 'state', state: jsonOf(QueryState, reply) };
      if (reply.status === 200) return { kind: 'answer', answer: jsonOf(Answer, reply) };
      throw new ConnectionError('unexpected-answer', `Status ${reply.status} is neither an answer nor a state.`);
    },
    async submitForProof(query, options = {}) {
      const reply = await post(query, answerMediaTypes.proof, options);
      if (reply.status === 202) return { kind: 'state', state: jsonOf(QueryState, reply) };
      if (reply.status === 200) return { kind: 'proof', proof: jsonOf(AnswerProof, reply) };
      throw new ConnectionError('unexpected-answer', `Status ${reply.status} is neither an answer nor a state.`);
    },
    async submitDryRun(query, options = {}) {
      const reply = await post(query, answerMediaTypes.json, options);
      if (reply.status === 202) return { kind: 'state', state: jsonOf(QueryState, reply) };
      if (reply.status === 200) return { kind: 'result', result: jsonOf(DryRunResult, reply) };
      throw new ConnectionError('unexpected-answer', `Status ${reply.status} is neither a result nor a state.`);
    },
    dryRun: async (queryId, signal) =>
      jsonOf(DryRunResult, await http({ path: `${queryPath(queryId)}/dry-run`, signal })),
    me: async (signal) => jsonOf(Me, await http({ path: '/v1/me', signal })),
    queries: async (cursor, signal) =>
      jsonOf(QueryList, await http({ path: `/v1/queries${cursor === undefined ? '' : `?cursor=${cursor}`}`, signal })),
    async cancel(queryId, signal) {
      await http({ method: 'DELETE', path: queryPath(queryId), signal });
    },
    queryState: async (queryId, signal) => jsonOf(QueryState, await http({ path: queryPath(queryId), signal })),
    answer: async (queryId, signal) => jsonOf(Answer, await http({ path: `${queryPath(queryId)}/answer`, signal })),
    proof: async (queryId, signal) => {
      const headers = { accept: answerMediaTypes.proof };
      return jsonOf(AnswerProof, await http({ path: `${queryPath(queryId)}/answer`, headers, signal }));
    },
    answerAs: async (queryId, format, signal) => {
      const headers = { accept: answerMediaTypes[format] };
      return textOf((await http({ path: `${queryPath(queryId)}/answer`, headers, signal })).body);
    },
  };
}
