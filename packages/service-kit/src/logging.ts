/** The one logger: JSON lines on stderr (stdout is for answers), without personal data, SQL or stack traces. */
import {
  type DestinationStream,
  destination,
  type LogFn,
  type Logger,
  type LoggerOptions,
  pino,
  stdTimeFunctions,
} from 'pino';

export type { Logger } from 'pino';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerSettings {
  /** The service, as in `service` of each line. */
  readonly name: string;
  readonly level: LogLevel;
  /** Stderr by default. */
  readonly destination?: DestinationStream;
}

/** What must never be read in a log, should somebody pass it by mistake. */
const secretKeys = [
  'authorization',
  'cookie',
  'dpop',
  'password',
  'secret',
  'token',
  'accessToken',
  'privateKey',
  'jwk',
  'databaseUrl',
  'email',
  'name',
  'body',
  'sql',
  'parameters',
];

export function createLogger({ name, level, destination: target }: LoggerSettings): Logger {
  const options: LoggerOptions = {
    level,
    base: { service: name },
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
    hooks: {
      logMethod(args, method) {
        method.apply(this, withoutWordsOf(args));
      },
    },
    serializers: { err: describeError, error: describeError, req: () => undefined, res: () => undefined },
  };
  return pino(options, target ?? destination({ dest: 2, sync: true }));
}

type LogArguments = Parameters<LogFn>;

/** Where a line has no message of its own, pino takes that of the error, and fastify hands it over itself. */
function withoutWordsOf(args: LogArguments): LogArguments {
  const [first, message, ...rest] = args;
  const error: unknown = first instanceof Error ? first : errorIn(first);
  if (!(error instanceof Error)) return args;
  const fields = first instanceof Error ? { err: first } : first;
  return [fields, message === undefined || message === error.message ? 'error' : message, ...rest];
}

const errorIn = (fields: unknown): unknown =>
  typeof fields === 'object' && fields !== null && 'err' in fields ? fields.err : undefined;

export interface ErrorDescription {
  readonly type: string;
  /** A code of ours, of Node or a SQLSTATE. */
  readonly code?: string;
  /** Where it arose: file and line, without the machine's folders. */
  readonly at?: string;
  readonly cause?: ErrorDescription;
}

const CAUSES = 5;

/** An error without its words: messages of databases and parsers quote the data that they stumbled over. */
export function describeError(error: unknown, depth: number = CAUSES): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const at = placeOf(error.stack);
  return {
    type: error.constructor.name,
    ...(code === undefined ? {} : { code }),
    ...(at === undefined ? {} : { at }),
    ...(error.cause === undefined || depth === 0 ? {} : { cause: describeError(error.cause, depth - 1) }),
  };
}

/** The first frame: three last parts of its path, line and column. */
function placeOf(stack: string | undefined): string | undefined {
  const frame = stack?.split('\n').find((line) => /^\s+at /.test(line));
  return frame?.match(/(?:[^/\s(]+\/){0,2}[^/\s(]+:\d+:\d+/)?.[0];
}
