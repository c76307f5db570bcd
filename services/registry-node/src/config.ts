/** The only reader of the environment: where the node's folder is, and what a server's operator may set beside it. */
import { loadConfig, logLevels } from '@revier/service-kit';
import { z } from 'zod';
import { type CrashLabel, crashLabels } from './crash-labels.ts';

const PostgresUrl = z.url({ protocol: /^postgres(ql)?$/ });

const Environment = z.object({
  REVIER_FOLDER: z.string().min(1),
  DATABASE_URL: PostgresUrl.optional(),
  /** Of the role that reads approved views, where datasets lie in the holder's own PostgreSQL. */
  REVIER_SOURCE_URL: PostgresUrl.optional(),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  /** A collector of traces; without it there are none. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_SERVICE_NAME: z.string().max(100).default('revier-registry-node'),
  /** For tests of crashes; refused in production. */
  REVIER_CRASH_AT: z.enum(crashLabels).optional(),
});

export interface NodeConfig {
  readonly folder: string;
  readonly databaseUrl: string | undefined;
  readonly sourceUrl: string | undefined;
  readonly logLevel: (typeof logLevels)[number];
  readonly tracesTo: string | undefined;
  readonly serviceName: string;
  readonly crashAt: CrashLabel | undefined;
}

/** @throws ConfigError with every fault */
export function readConfig(env: Readonly<Record<string, string | undefined>>): NodeConfig {
  const {
    REVIER_FOLDER: folder,
    DATABASE_URL: databaseUrl,
    REVIER_SOURCE_URL: sourceUrl,
    LOG_LEVEL: logLevel,
    OTEL_EXPORTER_OTLP_ENDPOINT: tracesTo,
    OTEL_SERVICE_NAME: serviceName,
    ...rest
  } = loadConfig(Environment, env);
  return { folder, databaseUrl, sourceUrl, logLevel, tracesTo, serviceName, crashAt: rest.REVIER_CRASH_AT };
}

/** For `main.ts approve`. The node itself never has the second: a role that may write the keys and the epoch of a view. */
const ApprovalEnvironment = z.object({ REVIER_FOLDER: z.string().min(1), REVIER_FILL_URL: PostgresUrl.optional() });

export interface ApprovalConfig {
  readonly folder: string;
  readonly fillUrl: string | undefined;
}

/** @throws ConfigError with every fault */
export function readApprovalConfig(env: Readonly<Record<string, string | undefined>>): ApprovalConfig {
  const { REVIER_FOLDER: folder, REVIER_FILL_URL: fillUrl } = loadConfig(ApprovalEnvironment, env);
  return { folder, fillUrl };
}
