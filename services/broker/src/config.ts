/** The environment of a broker process, read nowhere else. */
import { loadConfig, logLevels } from '@revier/service-kit';
import { z } from 'zod';
import { crashLabels } from './crash-labels.ts';

const Environment = z.object({
  /** Holds broker.json, trust-list.json and key.jwk. */
  REVIER_FOLDER: z.string().min(1),
  DATABASE_URL: z.string().min(1).optional(),
  REDIS_URL: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  /** Metrics for Prometheus, on the loopback at this port; without it there are none. */
  METRICS_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  /** A collector of traces; without it there are none. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_SERVICE_NAME: z.string().max(100).default('revier-broker'),
  /** For tests of crashes; refused in production. */
  REVIER_CRASH_AT: z.enum(crashLabels).optional(),
});
export type BrokerConfig = z.infer<typeof Environment>;

/** @throws ConfigError with all faults at once */
export const readConfig = (env: Readonly<Record<string, string | undefined>>): BrokerConfig =>
  loadConfig(Environment, env);
