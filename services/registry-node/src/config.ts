/** The only reader of the environment: where the node's folder is, and what a server's operator may set beside it. */
import { loadConfig, logLevels } from '@revier/service-kit';
import { z } from 'zod';
import { type CrashLabel, crashLabels } from './crash-labels.ts';

const Environment = z.object({
  REVIER_FOLDER: z.string().min(1),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  /** For tests of crashes; refused in production. */
  REVIER_CRASH_AT: z.enum(crashLabels).optional(),
});

export interface NodeConfig {
  readonly folder: string;
  readonly databaseUrl: string | undefined;
  readonly logLevel: (typeof logLevels)[number];
  readonly crashAt: CrashLabel | undefined;
}

/** @throws ConfigError with every fault */
export function readConfig(env: Readonly<Record<string, string | undefined>>): NodeConfig {
  const {
    REVIER_FOLDER: folder,
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: logLevel,
    ...rest
  } = loadConfig(Environment, env);
  return { folder, databaseUrl, logLevel, crashAt: rest.REVIER_CRASH_AT };
}
