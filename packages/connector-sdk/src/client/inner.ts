/** The one place that fetches: addresses, time limits, size limits, and answers that fit their schema or are refused. */
import { Problem, TRUST_VERSION_HEADER } from '@revier/schema';
import type { z } from 'zod';
import { ConnectionError, ProblemError } from './errors.ts';

export interface HttpOptions {
  /** `https://broker.example`, with a path prefix if there is one. */
  readonly baseUrl: string;
  /** Limit of one exchange in milliseconds, on top of what the call itself asks the other side to wait. */
  readonly timeoutMs?: number;
  /** Left out where nobody needs to know who calls. */
  readonly authorize?: Authorize;
  /** Hears which version of the trust list the other side claims to have: worth a look, and nothing more. */
  readonly onTrustVersion?: (version: number) => void;
}

/** The headers by which a caller shows for one request who it is. */
export type Authorize = (request: {
  readonly method: string;
  readonly url: string;
}) => Promise<Readonly<Record<string, string>>>;

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** Seconds that the other side was asked to wait. */
  readonly wait?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Reply {
  readonly status: number;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** @throws ProblemError, ConnectionError, or the reason of `signal` when the caller gives up. */
export type Http = (call: Call) => Promise<Reply>;

const DEFAULT_TIMEOUT = 30_000;
const MAX_BYTES = 256 * 1024 * 1024;

export function createInner(options: HttpOptions): Http {
  const base = options.baseUrl.replace(/\/+$/, '');
  return async (call) => {
    const limit = AbortSignal.timeout((options.timeoutMs ?? DEFAULT_TIMEOUT) + (call.wait ?? 0) * 1000);
    const signal = call.signal === undefined ? limit : AbortSignal.any([call.signal, limit]);
    const url = `${base}${call.path}`;
    const shown = await options.authorize?.({ method: call.method ?? 'GET', url });
    try {
      const response = await fetch(url, requestOf(call, shown, signal));
      const version = response.headers.get(TRUST_VERSION_HEADER) ?? '';
      if (/^\d{1,9}$/.test(version)) options.onTrustVersion?.(Number(version));
      return await replyOf(response);
    } catch (cause) {
      throw faultOf(cause, call, limit);
    }
  };
}

/** @throws ConnectionError `unexpected-answer` for what does not fit. */
export function jsonOf<S extends z.ZodType>(schema: S, { body }: Reply): z.output<S> {
  const result = schema.safeParse(parse(textOf(body)));
  if (!result.success)
    throw new ConnectionError('unexpected-answer', 'The answer does not fit its schema.', result.error);
  return result.data;
}

export function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw new ConnectionError('unexpected-answer', 'The answer is not UTF-8.', cause);
  }
}

function requestOf(call: Call, shown: Readonly<Record<string, string>> | undefined, signal: AbortSignal): RequestInit {
  const headers: Record<string, string> = { accept: 'application/json', ...call.headers, ...shown };
  if (call.json !== undefined) headers['content-type'] = 'application/json';
  if (call.bytes !== undefined) headers['content-type'] = 'application/cbor';
  const body = call.bytes ?? (call.json === undefined ? null : JSON.stringify(call.json));
  // A redirect could carry a token to somebody else.
  return { method: call.method ?? 'GET', headers, body, signal, redirect: 'error' };
}

async function replyOf(response: Response): Promise<Reply> {
  const body = await readAll(response);
  if (response.ok) return { status: response.status, body };
  const problem = problemIn(response, body);
  if (problem === undefined)
    throw new ConnectionError('unexpected-answer', `Status ${response.status} without problem details.`);
  throw new ProblemError(problem, retryAfterOf(response));
}

async function readAll(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new ConnectionError('unexpected-answer', 'The answer is too large.');
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks, length));
}

function problemIn(response: Response, body: Uint8Array): Problem | undefined {
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return undefined;
  const problem = Problem.safeParse(parse(textOf(body)));
  // The status line counts: whoever retries must not be led by another number inside.
  return problem.success && problem.data.status === response.status ? problem.data : undefined;
}

/** Only the form in seconds: a date would need clocks that agree. */
function retryAfterOf(response: Response): number | undefined {
  const value = response.headers.get('retry-after') ?? '';
  return /^\d{1,5}$/.test(value) ? Number(value) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConnectionError('unexpected-answer', 'The answer is not JSON.', cause);
  }
}

function faultOf(cause: unknown, call: Call, limit: AbortSignal): unknown {
  if (cause instanceof ProblemError || cause instanceof ConnectionError) return cause;
  if (call.signal?.aborted === true) return call.signal.reason;
  if (limit.aborted) return new ConnectionError('timeout', 'The other side did not answer in time.', cause);
  return new ConnectionError('unreachable', 'The other side could not be reached.', cause);
}
