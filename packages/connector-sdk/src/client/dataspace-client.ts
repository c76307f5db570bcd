/** A person's side of the data space: what there is, asking, and what came of it. */
import { Answer, type AnswerFormat, answerMediaTypes, QueryState, type SignedQuery } from '@revier/schema';
import { ConnectionError } from './errors.ts';
import { createInner, type HttpOptions, jsonOf, textOf } from './inner.ts';
import { type PublicReads, publicReads } from './public-reads.ts';
import { type Identity, tokenKeeper } from './token-keeper.ts';

export interface DataspaceClientOptions extends Omit<HttpOptions, 'authorization'> {
  /** For reading answers; the catalogue needs none, and a signed query speaks for itself. */
  readonly identity?: Identity;
  readonly clock?: () => Date;
}

export interface SubmitOptions {
  /** Seconds to wait for the answer; without it, the state comes back at once. */
  readonly waitSeconds?: number;
  /** Makes a repetition of this very request harmless. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export type Submitted =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'state'; readonly state: QueryState };

/** Every call throws ProblemError (the data space says no) or ConnectionError (no data space). */
export interface DataspaceClient extends PublicReads {
  submit(query: SignedQuery, options?: SubmitOptions): Promise<Submitted>;
  queryState(queryId: string, signal?: AbortSignal): Promise<QueryState>;
  /** ProblemError NOT_FOUND until there is one. */
  answer(queryId: string, signal?: AbortSignal): Promise<Answer>;
  /** The same in a format for other programs, as text. */
  answerAs(queryId: string, format: Exclude<AnswerFormat, 'json'>, signal?: AbortSignal): Promise<string>;
}

export function createDataspaceClient({ identity, clock, ...options }: DataspaceClientOptions): DataspaceClient {
  const open = createInner(options);
  const http =
    identity === undefined
      ? open
      : createInner({ ...options, authorization: tokenKeeper(identity, clock ?? (() => new Date())) });
  const answerPath = (queryId: string) => `/v1/queries/${encodeURIComponent(queryId)}/answer`;
  return {
    ...publicReads(open),
    async submit(query, { waitSeconds: wait = 0, idempotencyKey, signal } = {}) {
      const headers: Record<string, string> = {};
      if (wait > 0) headers.prefer = `wait=${Math.floor(wait)}`;
      if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
      const reply = await open({ method: 'POST', path: '/v1/queries', headers, json: query, wait, signal });
      if (reply.status === 202) return { kind: 'state', state: jsonOf(QueryState, reply) };
      if (reply.status === 200) return { kind: 'answer', answer: jsonOf(Answer, reply) };
      throw new ConnectionError('unexpected-answer', `Status ${reply.status} is neither an answer nor a state.`);
    },
    queryState: async (queryId, signal) =>
      jsonOf(QueryState, await http({ path: `/v1/queries/${encodeURIComponent(queryId)}`, signal })),
    answer: async (queryId, signal) => jsonOf(Answer, await http({ path: answerPath(queryId), signal })),
    answerAs: async (queryId, format, signal) => {
      const headers = { accept: answerMediaTypes[format] };
      return textOf((await http({ path: answerPath(queryId), headers, signal })).body);
    },
  };
}
