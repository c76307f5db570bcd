/** The one error handler: whatever is thrown leaves as problem+json, and what nobody expected leaves bare. */
import { AppError, Problem, type ProblemCode, type ProblemOptions, problemOf } from '@revier/schema';
import type { FastifyReply, FastifyRequest } from 'fastify';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** For the `response` of a route; added to every route that has none (see openapi.ts). */
export const problemResponse = {
  description: 'RFC 9457 problem details',
  content: { [PROBLEM_MEDIA_TYPE]: { schema: Problem } },
};

/** Errors that fastify throws before a handler runs. */
const fastifyCodes: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'MALFORMED_JSON',
  FST_ERR_CTP_INVALID_JSON_BODY: 'MALFORMED_JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'INVALID_REQUEST',
  FST_ERR_BAD_URL: 'INVALID_REQUEST',
  FST_ERR_VALIDATION: 'INVALID_REQUEST',
};

export function sendProblem(reply: FastifyReply, code: ProblemCode, options: ProblemOptions = {}): FastifyReply {
  const problem = problemOf(code, { ...options, requestId: reply.request.id });
  if (options.retryAfter !== undefined) reply.header('retry-after', String(Math.ceil(options.retryAfter)));
  // Sent as text, so that no response schema of a route can stand in the way of an error.
  return reply.code(problem.status).type(PROBLEM_MEDIA_TYPE).serializer(JSON.stringify).send(problem);
}

export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof AppError) {
    const answer = sendProblem(reply, error.code, error.options);
    if (answer.statusCode >= 500) request.log.error({ requestId: request.id, err: error }, 'request failed');
    return answer;
  }
  const code = expectedCode(error);
  if (code !== undefined) return sendProblem(reply, code);
  request.log.error({ requestId: request.id, err: error }, 'request failed');
  return sendProblem(reply, 'INTERNAL');
}

function expectedCode(error: unknown): ProblemCode | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return fastifyCodes[error.code];
}
