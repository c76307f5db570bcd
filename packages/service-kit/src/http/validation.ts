/** Requests against zod schemas: every fault becomes a JSON pointer and a sentence. */
import { AppError, type ProblemError } from '@revier/schema';
import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';
import { jsonPointer } from './parse-json.ts';

/** Pointers into the body stand alone; other parts of the request are named first: `/query/limit`. */
const prefixes: Readonly<Record<string, string>> = {
  body: '',
  querystring: '/query',
  params: '/path',
  headers: '/headers',
};

/** INVALID_REQUEST with one entry per fault; `prefix` says where in the request the value stood. */
export function invalidRequest(error: z.core.$ZodError, prefix = ''): AppError {
  return new AppError('INVALID_REQUEST', { errors: error.issues.map((issue) => faultOf(issue, prefix)) });
}

const faultOf = (issue: z.core.$ZodIssue, prefix: string): ProblemError => ({
  pointer: `${prefix}${jsonPointer(issue.path)}`.slice(0, 500),
  detail: issue.message.slice(0, 500),
});

/** Fastify's validator: the parsed value, or the problem. */
export const validatorCompiler: FastifySchemaCompiler<z.core.$ZodType> = ({ schema, httpPart }) => {
  const prefix = prefixes[httpPart ?? 'body'] ?? '';
  return (data: unknown) => {
    const result = z.core.safeParse(schema, data);
    return result.success ? { value: result.data } : { error: invalidRequest(result.error, prefix) };
  };
};
