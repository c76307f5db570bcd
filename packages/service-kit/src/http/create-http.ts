/** The frame of every HTTP interface of ours: schemas, problems, headers, health and description, in this order. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@revier/schema';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController, type RawServerDefault } from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from '../logging.ts';
import { answerClientError, HEADER_LIMIT } from './client-errors.ts';
import { announceClosing } from './closing.ts';
import { addHealthRoutes, type HealthCheck } from './health.ts';
import { answerUnknownRoutes } from './method-not-allowed.ts';
import { describeInterface, type SecuritySchemes } from './openapi.ts';
import { parseJsonBytes } from './parse-json.ts';
import { handleError } from './problems.ts';
import { addSecurityHeaders, headersOf } from './security-headers.ts';
import { validatorCompiler } from './validation.ts';

/** A fastify instance whose route schemas are zod's. */
export type HttpApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface HttpOptions {
  /** Title of the interface's description. */
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  /** How callers say who they are; a route names the ones that it takes in `schema.security`. */
  readonly securitySchemes?: SecuritySchemes;
  readonly logger: Logger;
  /** Bytes; 256 KiB by default. Single routes may allow more. */
  readonly bodyLimit?: number;
  /** By name: what must work before the service takes work. */
  readonly checks?: Readonly<Record<string, HealthCheck>>;
  /** Addresses of proxies whose forwarded headers count; none by default. */
  readonly trustProxy?: string | readonly string[];
  /** Sees each finished request: the place for metrics. */
  readonly onAnswer?: (answer: Answer) => void;
}

/** One finished request without personal data: the route's pattern instead of its address. */
export interface Answer {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
}

const BODY_LIMIT = 256 * 1024;
/** To receive a whole request, not to answer it: long polls are not touched. */
const RECEIVE_LIMIT_MS = 120_000;

/** Add routes and plugins to the result, then `listen()`; `app.inject()` serves tests. */
export async function createHttp(options: HttpOptions): Promise<HttpApp> {
  const app = newFastify(options);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  acceptJson(app);
  answerUnknownRoutes(app);
  announceClosing(app);
  addSecurityHeaders(app);
  reportAnswers(app, options.onAnswer);
  await describeInterface(app, {
    title: options.name,
    version: options.version ?? '0.1.0',
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(options.securitySchemes === undefined ? {} : { securitySchemes: options.securitySchemes }),
  });
  addHealthRoutes(app, options.checks ?? {});
  return app;
}

function newFastify({ logger, bodyLimit, trustProxy }: HttpOptions): HttpApp {
  const loggerInstance: FastifyBaseLogger = logger;
  return fastify({
    loggerInstance,
    bodyLimit: bodyLimit ?? BODY_LIMIT,
    http: { maxHeaderSize: HEADER_LIMIT },
    clientErrorHandler: answerClientError,
    trustProxy: trustProxy === undefined ? false : [trustProxy].flat(),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    // We log the answer ourselves, by route: addresses and client addresses can name persons.
    logController: new LogController({ disableRequestLogging: true }),
    // No logger for each request: to make one takes longer than the line that it writes, so lines name the request.
    childLoggerFactory: (parent) => parent,
    requestTimeout: RECEIVE_LIMIT_MS,
    // While closing we answer ourselves, as a problem (closing.ts).
    return503OnClosing: false,
    // Thrown before any hook has run.
    frameworkErrors: (error, request, reply) => void handleError(error, request, reply.headers(headersOf(request))),
    routerOptions: { maxParamLength: 200 },
  }).withTypeProvider<ZodTypeProvider>();
}

function acceptJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i,
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => {
      if (body.length === 0) throw new AppError('MALFORMED_JSON', { detail: 'The body is empty.' });
      return parseJsonBytes(body);
    },
  );
}

function reportAnswers(app: FastifyInstance, onAnswer: HttpOptions['onAnswer']): void {
  app.addHook('onResponse', async (request, reply) => {
    const answer: Answer = {
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime * 10) / 10,
    };
    request.log.info({ requestId: request.id, ...answer }, 'answered');
    onAnswer?.(answer);
  });
}
